import { setMaxListeners } from 'node:events';
import { follow, type EventStore, type Follower, type Histories, type Pace, type Recorded } from '@recourse/event-store';
import type pg from 'pg';
import { Acting, type Counts } from './acting.pg.js';
import { announced } from './announced.pg.js';
import { Circuit, type Fuse } from './circuit.js';
import { beatOf, envelope, open, tenantDisagrees, Unreadable } from './enveloping.js';
import { Gate } from './gating.js';
import { Hands, type Begun } from './hands.pg.js';
import type { Hearing } from './hearing.js';
import type { Announce, Message } from './message.js';
import { Parked, type ParkedKey, type Why } from './parked.pg.js';
import { deadly, ParkedWorker } from './parked.worker.js';
import { atMost, pauseFor } from './pausing.js';
import { ownTopicsOf } from './topics.js';
import { Turns } from './turning.js';
import { silence, type Consumption, type HeardMessage, type Log, type Transport } from './transport.js';
import { Watermarks } from './watermarks.pg.js';

/** Milliseconds throughout. */
export type InboxPace = {
  /** Pauses between the tries in place; one more try than pauses. */
  readonly inPlace: readonly number[];
  /** Waits between the tries of a parked key; the last one is repeated. */
  readonly parked: readonly number[];
  /** How often a parked key is looked for, and how long a claim of one lasts. */
  readonly look: number;
  readonly lease: number;
  /** First pause when the fault is systemic; it doubles up to a minute. */
  readonly pause: number;
  readonly watermarks: number;
  /** Of the follower that listens to the own log. */
  readonly own?: Pace;
};
export const usualInboxPace: InboxPace = {
  inPlace: [100, 1_000],
  parked: [5_000, 30_000, 120_000, 600_000, 3_600_000],
  look: 2_000,
  lease: 60_000,
  pause: 1_000,
  watermarks: 1_000,
};

export type InboxOptions<Tools> = {
  readonly service: string;
  readonly store: EventStore;
  readonly transport: Transport;
  /** Of the service's database as its `_log` role. */
  readonly pool: pg.Pool;
  readonly hears: readonly Hearing<Tools>[];
  /** What `react` may look at. */
  readonly tools: Tools;
  /** Needed where something listens to its own log. */
  readonly announce?: Readonly<Record<string, Announce>>;
  readonly histories?: Histories;
  readonly topics?: readonly string[];
  readonly log?: Log;
  readonly pace?: Partial<InboxPace>;
  readonly fuse?: Fuse;
};

/** What a service's inbox shows of itself: for health, metrics, operators, and deadlines. */
export interface Inbox {
  /** Up to when each topic has been heard completely. */
  readonly watermarks: Pick<Watermarks, 'of'>;
  /** What this instance has done since it started. */
  readonly counts: Readonly<Counts>;
  /** Whether hearing is paused: the own database is away, or too many different keys of a consumer fail. */
  readonly paused: boolean;
  /** The keys that wait, of all instances. */
  parked(): Promise<readonly ParkedKey[]>;
  /** Tries a parked key now, whatever held it. False when it does not wait. */
  retry(key: Pick<ParkedKey, 'consumer' | 'topic' | 'key'>): Promise<boolean>;
  /** Finishes the messages in hand and commits them; what waits for a pause to end is heard again by the next one. */
  stop(): Promise<void>;
}

/** Begins to hear. The carrier and the topics may come later; the service's own database has to be there. */
export const startInbox = async <Tools>(options: InboxOptions<Tools>): Promise<Inbox> => {
  const inbox = new Hearer(options);
  await inbox.start();
  return inbox;
};

const ownLanes = 8;

class Stopping extends Error {}
/** A fault of the message itself: trying again cannot help. */
class Faulty extends Error {
  constructor(readonly why: Why) {
    super(why);
    this.name = why;
  }
}

/** Hears the neighbours, and the own log where asked to, and lets each message take effect once. */
class Hearer<Tools> implements Inbox {
  readonly watermarks: Watermarks;
  readonly #log: Log;
  readonly #pace: InboxPace;
  readonly #acting: Acting<Tools>;
  readonly #hands: Hands;
  readonly #turns = new Turns();
  readonly #parked: Parked;
  readonly #worker: ParkedWorker<Tools>;
  readonly #stopping = new AbortController();
  /** Everybody waits here while the own database is away. */
  readonly #database = new Gate(this.#stopping.signal);
  readonly #consumers = new Map<string, { readonly circuit: Circuit; readonly gate: Gate }>();
  readonly #followers: Follower[] = [];
  #consumption: Consumption | undefined;

  constructor(private readonly options: InboxOptions<Tools>) {
    const { store, pool, tools, log = silence } = options;
    this.#log = log;
    setMaxListeners(0, this.#stopping.signal); // as many keys may wait at once as there are
    this.#pace = { ...usualInboxPace, ...options.pace };
    this.watermarks = new Watermarks(pool, this.#pace.watermarks);
    this.#acting = new Acting(store, pool, tools, log);
    this.#hands = new Hands(pool);
    this.#parked = new Parked(pool, this.#pace.lease);
    this.#worker = new ParkedWorker({
      parked: this.#parked,
      hears: options.hears,
      pace: this.#pace,
      log,
      act: (hearing, heard) => this.#act(hearing, heard),
      tookEffect: (hearing, message) => this.#acting.tookEffect(hearing, message),
      reachable: () => this.#reachable(),
    });
  }

  async start(): Promise<void> {
    const { service, transport, hears } = this.options;
    const topics = [...new Set(hears.flatMap((hearing) => hearing.topics))];
    await this.watermarks.start();
    this.#worker.start();
    if (topics.length > 0) this.#consumption = await transport.consume(service, topics, (heard) => this.#hear(heard));
    for (const hearing of hears.filter(({ own }) => own)) this.#followers.push(this.#hearOwn(hearing));
  }

  get counts(): Counts {
    return this.#acting.counts;
  }
  get paused(): boolean {
    return this.#database.closed || [...this.#consumers.values()].some(({ gate }) => gate.closed);
  }
  parked(): Promise<readonly ParkedKey[]> {
    return this.#parked.list();
  }
  retry(key: Pick<ParkedKey, 'consumer' | 'topic' | 'key'>): Promise<boolean> {
    return this.#parked.retry(key);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await atMost(
      10_000,
      Promise.all([this.#consumption?.stop(), ...this.#followers.map((follower) => follower.stop()), this.#worker.stop()]),
    );
    await this.#hands.flush().catch(() => undefined);
    await this.watermarks.stop();
  }

  async #hear(heard: HeardMessage): Promise<void> {
    const beat = beatOf(heard);
    if (beat) return this.watermarks.heard(heard.topic, heard.partition, beat);
    for (const hearing of this.options.hears)
      if (hearing.topics.includes(heard.topic))
        await this.#receive(hearing, heard, `${hearing.consumer}/${heard.topic}/${heard.partition}`);
  }

  /** Resolves when the message has taken effect or stands safely in its key's queue. */
  async #receive(hearing: Hearing<Tools>, heard: HeardMessage, lane: string): Promise<void> {
    const { consumer, holds } = hearing;
    const id = heard.headers['ce_id'] ?? `${heard.topic}/${heard.partition}/${heard.offset}`;
    const { circuit, gate } = this.#consumerOf(consumer);
    const key = `${heard.topic}\n${heard.key}`;
    // Begun by a process that died, it is tried alone: a message that was only in hand beside the deadly one is not to be taken for it.
    let alone = false;
    for (let tries = 0; ;) {
      await this.#opened(gate);
      let begun: Begun | undefined;
      const leave = await this.#turns.enter(alone);
      try {
        begun = await this.#hands.begin(lane, id, consumer, heard.topic, heard.key, alone);
        if (begun.suspect && !alone && !begun.parked && !begun.skipped && !holds) {
          alone = true;
          continue;
        }
        if (begun.skipped && !holds) {
          this.counts.skipped++;
          return this.#hands.finish(lane, id);
        }
        if (begun.parked && !holds) {
          await this.#park(hearing, heard, id, { why: 'queues-behind', held: false, wait: 0 });
          this.#hands.finish(lane, id);
          return;
        }
        // What took effect has killed nobody: its process was killed before it could say so.
        const doubtful = begun.starts > deadly && !holds;
        if (doubtful && !(await this.#acting.tookEffect(hearing, id))) throw new Faulty('kills-the-process');
        if (!doubtful) await this.#act(hearing, heard);
        this.#hands.finish(lane, id);
        circuit.note(key, false, gate.activeTime());
        return;
      } catch (error) {
        leave(); // pauses are nobody's turn
        if (begun) this.#hands.finish(lane, id); // it failed, but it came to an end
        if (this.#stopping.signal.aborted) throw new Stopping();
        if (!(await this.#reachable())) {
          if (this.#database.close(this.#pace.pause, () => this.#reachable()))
            this.#log.error({ service: this.options.service }, 'The database of the service cannot be reached.');
          continue;
        }
        this.counts.failed++;
        const faulty = error instanceof Faulty;
        if (!faulty && tries < this.#pace.inPlace.length) {
          await pauseFor(this.#pace.inPlace[tries++]!, this.#stopping.signal);
          continue;
        }
        this.#log.error(
          { consumer, topic: heard.topic, message: id, error: nameOf(error) },
          holds ? 'A message fails and holds its key.' : 'A message fails; its key is parked.',
        );
        if (holds) {
          await pauseFor(
            this.#pace.parked[Math.min(tries++ - this.#pace.inPlace.length, this.#pace.parked.length - 1)] ?? 1_000,
            this.#stopping.signal,
          );
          continue;
        }
        if (!faulty) {
          const systemic = isSystemic(error);
          if (!systemic) circuit.note(key, true, gate.activeTime());
          if (systemic || circuit.blown(gate.activeTime())) {
            if (gate.close(this.#pace.pause))
              this.#log.error(
                { consumer },
                systemic
                  ? 'What hearing needs is away: the partitions it hears wait until it is there.'
                  : 'Too many different keys fail: the partitions it hears wait until it passes.',
              );
            tries = 0;
            continue;
          }
        }
        try {
          await this.#park(hearing, heard, id, {
            why: faulty ? error.why : `failed: ${nameOf(error)}`,
            held: faulty,
            wait: faulty ? 0 : this.#pace.parked[0]!,
          });
          return;
        } catch {
          continue; // the database went away just now
        }
      } finally {
        leave();
      }
    }
  }

  async #act(hearing: Hearing<Tools>, heard: HeardMessage): Promise<void> {
    await this.#acting.act(hearing, read(heard));
    this.counts.heard++;
  }

  #park(hearing: Hearing<Tools>, heard: HeardMessage, id: string, more: { why: string; held: boolean; wait: number }) {
    return this.#parked.park(hearing.consumer, id, heard, { ...more, watermark: this.watermarks.lastOf(heard.topic, heard.partition) });
  }

  /** The announcements of the own log, as the neighbours hear them. A key stays on its lane, lanes go side by side. */
  #hearOwn(hearing: Hearing<Tools>): Follower {
    const { service, store, pool, announce = {}, histories = {}, topics = ownTopicsOf(service) } = this.options;
    const messages = announced({ service, store, announce, histories, topics });
    const handle = async (records: readonly Recorded[], over: AbortSignal) => {
      const lanes = Array.from({ length: ownLanes }, (): HeardMessage[] => []);
      for (const record of records)
        for (const message of await messages(record))
          lanes[laneOf(message)]!.push({ ...envelope(message), partition: 0, offset: String(record.position) });
      await Promise.all(
        lanes.map(async (lane, number) => {
          for (const heard of lane) {
            if (over.aborted) throw new Stopping();
            await this.#receive(hearing, heard, `${hearing.consumer}/own/${number}`);
          }
        }),
      );
    };
    return follow({
      name: `own:${hearing.consumer}`,
      store,
      pool,
      handle,
      batch: 100,
      ...(this.#pace.own && { pace: this.#pace.own }),
      failed: (error) => {
        if (!(error instanceof Stopping))
          this.#log.error({ consumer: hearing.consumer, error: nameOf(error) }, 'The own log cannot be heard; trying again.');
      },
    });
  }

  async #opened(gate: Gate): Promise<void> {
    await this.#database.opened();
    await gate.opened();
    if (this.#stopping.signal.aborted) throw new Stopping();
  }

  #consumerOf(consumer: string) {
    const known = this.#consumers.get(consumer) ?? { circuit: new Circuit(this.options.fuse), gate: new Gate(this.#stopping.signal) };
    this.#consumers.set(consumer, known);
    return known;
  }

  async #reachable(): Promise<boolean> {
    try {
      await this.options.pool.query('select 1');
      return true;
    } catch {
      return false;
    }
  }
}

/** Reads a message, or says what is wrong with it. */
const read = (heard: HeardMessage): Message => {
  let message: Message;
  try {
    message = open(heard);
  } catch (error) {
    if (error instanceof Unreadable) throw new Faulty('unreadable');
    throw error;
  }
  if (tenantDisagrees(message)) throw new Faulty('tenant-disagrees');
  return message;
};

/** What kind of error: never its text, which may quote the message. */
export const nameOf = (error: unknown): string => {
  const { name, code } = error as { name?: string; code?: string };
  return code ? `${name} ${code}` : (name ?? typeof error);
};

/** Errors may say that they are the house's fault and no message's: a keeper of keys who is away, for example. */
const isSystemic = (error: unknown): boolean => (error as { systemic?: unknown } | undefined)?.systemic === true;

const laneOf = ({ key }: Message): number => [...key].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) >>> 0, 7) % ownLanes;
