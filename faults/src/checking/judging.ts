import { Accounting } from './accounting.js';
import { checkEffects, checkTopic, type Carried } from './delivering.js';
import { Findings } from './finding.js';
import type { Histories } from './histories.js';
import { effectsOf, rowsOf } from './reading.pg.js';
import { Reviewing, type Entry } from './reviewing.js';

export type Evidence = {
  readonly histories: Histories;
  /** Owner's address of the database whose log the clients wrote to. */
  readonly speaker: string;
  /** The same of the service that hears it, if any. */
  readonly hearer?: string;
  /** Who follows the speaker's log with an effect of his own. */
  readonly followers?: readonly string[];
  /** The topic between the two, if it can be read. */
  readonly topic?: readonly Carried[];
  /** Keys that are meant to wait: what they have done must be the beginning of what they had to do. */
  readonly waiting?: ReadonlySet<string>;
};

export type Verdict = {
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  readonly findings: Findings;
  /** Records of the speaker's log, and on how many streams. */
  readonly events: number;
  readonly streams: number;
  readonly messages: number;
  /** Messages that lie in the topic more than once. */
  readonly copies: number;
  readonly effects: number;
};

/** Everything a run has left behind, held against what its clients were told. A run in which nobody succeeded proves nothing, and fails. */
export const judge = async ({ histories, speaker, hearer, followers = [], topic, waiting = new Set() }: Evidence): Promise<Verdict> => {
  const findings = new Findings();
  const accounting = new Accounting();
  const said = new Map<string, string[]>();
  const followings = followers.map((name) => new FollowerCheck(name, effectsOf(speaker, name), findings));
  const reviewing = new Reviewing('speaker', findings);
  for await (const row of rowsOf(speaker)) {
    const entry = reviewing.review(row);
    for (const following of followings) await following.next(entry);
    if (entry.type !== 'Said') continue;
    accounting.add(entry);
    if (!hearer && !topic) continue;
    const messages = said.get(entry.stream);
    if (messages) messages.push(messageIdOf(entry));
    else said.set(entry.stream, [messageIdOf(entry)]);
  }
  for (const following of followings) await following.close();
  accounting.close(histories, findings);

  const carried = topic ? checkTopic('topic', truncated(said, waiting, keysOf(topic)), topic, findings) : { copies: 0, total: 0 };
  let effects = followings.reduce((sum, { count }) => sum + count, 0);
  if (hearer) {
    const tallied = await talliesOf(hearer, findings);
    const wanted = new Map([...said].map(([key, ids]) => [key, ids.filter((id) => id.includes('.Said.'))]));
    checkEffects('inbox', truncated(wanted, waiting, tallied), tallied, findings);
    for (const ids of tallied.values()) effects += ids.length;
  }
  if (histories.count('ok') === 0) findings.add('lost', 'no operation succeeded: nothing has been shown');
  return {
    ...{ ok: histories.count('ok'), failed: histories.count('failed'), unknown: histories.count('unknown'), findings },
    ...{ events: reviewing.head + 1, streams: reviewing.streams, messages: carried.total, copies: carried.copies, effects },
  };
};

/** The id of a message is event id + type + message version. */
const messageIdOf = ({ id, data }: Entry): string => `${id}.${String(data['op']).startsWith('strange-') ? 'Mumbled' : 'Said'}.v1`;

/** What the hearer has written down, per key, in order; its own log is gone through like any other. */
const talliesOf = async (hearer: string, findings: Findings): Promise<ReadonlyMap<string, string[]>> => {
  const tallied = new Map<string, string[]>();
  const reviewing = new Reviewing('hearer', findings);
  for await (const row of rowsOf(hearer)) {
    const { type, stream, data } = reviewing.review(row);
    if (type !== 'Tallied') continue;
    const key = stream.slice('tally-'.length);
    const messages = tallied.get(key);
    if (messages) messages.push(String(data['message']));
    else tallied.set(key, [String(data['message'])]);
  }
  return tallied;
};

const keysOf = (carried: readonly Carried[]): ReadonlyMap<string, string[]> => {
  const firsts = new Map<string, Set<string>>();
  for (const { key, id } of carried) firsts.set(key, (firsts.get(key) ?? new Set()).add(id));
  return new Map([...firsts].map(([key, ids]) => [key, [...ids]]));
};

/** A waiting key has done the beginning of what it had to do; every other one all of it. */
const truncated = (
  wanted: ReadonlyMap<string, readonly string[]>,
  waiting: ReadonlySet<string>,
  done: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> =>
  new Map([...wanted].map(([key, ids]) => [key, waiting.has(key) ? ids.slice(0, done.get(key)?.length ?? 0) : ids]));

/** A follower's effects are the log itself: each record once, in its order. Read side by side, so that ten million fit into memory. */
class FollowerCheck {
  count = 0;
  #furthest = -1;

  constructor(
    private readonly name: string,
    private readonly effects: ReturnType<typeof effectsOf>,
    private readonly findings: Findings,
  ) {}

  async next(entry: Entry): Promise<void> {
    for (;;) {
      if (this.#ahead === undefined) await this.#read();
      const effect = this.#ahead;
      if (!effect || effect.position > entry.position) {
        this.findings.add('lost', `${this.name}: ${entry.position} was skipped`);
        return;
      }
      this.#ahead = undefined;
      this.count++;
      if (effect.position === entry.position) {
        this.#furthest = entry.position;
        if (effect.stream !== entry.stream || effect.version !== entry.version)
          this.findings.add('broken', `${this.name}: another record at ${entry.position}`);
        return;
      }
      this.findings.add('doubled', `${this.name}: ${effect.position} after ${this.#furthest}`);
    }
  }

  async close(): Promise<void> {
    if (this.#ahead) this.findings.add('unasked', `${this.name}: ${this.#ahead.position}`);
    for await (const effect of this.effects)
      this.findings.add(effect.position <= this.#furthest ? 'doubled' : 'unasked', `${this.name}: ${effect.position}`);
  }

  #ahead: Awaited<ReturnType<ReturnType<typeof effectsOf>['next']>>['value'] | undefined;
  async #read(): Promise<void> {
    const { value, done } = await this.effects.next();
    this.#ahead = done ? undefined : value;
  }
}
