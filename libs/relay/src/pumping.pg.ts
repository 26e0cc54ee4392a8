import type { EventStore, Recorded } from '@recourse/event-store';
import type { Session } from './session.pg.js';
import { CarrierRefuses, weightOf, type Log, type OutgoingMessage, type Transport } from './transport.js';

/** What one record has to say on this cursor. May throw: then its stream waits for a better version of whoever threw. */
export type Say = (record: Recorded) => Promise<readonly OutgoingMessage[]>;

type Options = {
  /** Under this name the cursor is kept. */
  readonly name: string;
  readonly store: EventStore;
  readonly transport: Transport;
  /** The session that holds the seat: what is written through it is written by the one leader. */
  readonly session: Session;
  readonly token: string;
  readonly say: Say;
  readonly log: Log;
  readonly told: (messages: number) => void;
};

type Told = { readonly message: OutgoingMessage; readonly position: number };
/** What waits together: a key of a topic, or (topic '') a whole stream, because nobody knows what its record would have said. */
type Waiting = { readonly topic: string; readonly key: string };
const idOf = ({ topic, key }: Waiting) => `${topic}\n${key}`;

const thatRow = 'cursor = $1 and topic = $2 and key = $3 and position = $4';

const readAtOnce = 500;
const mostMessages = 500;
const mostBytes = 1_000_000;

/** The seat went to somebody else: nothing was written, and everything that was carried will be known by its id. */
export class Deposed extends Error {}

/**
 * Tells the log in order behind one durable cursor. The cursor moves only after the carrier has everything, so a crash between the two tells
 * some messages twice, with the same ids. A message the carrier can never take stops its key, not the log: the key is noted with its position,
 * later messages of it are noted behind it, and all are told in order once they can be.
 */
export class Pump {
  #position = -1;
  #waiting = new Set<string>();
  #mistrusted = false;
  #retryAsked = false;

  constructor(private readonly options: Options) {}

  get position(): number {
    return this.#position;
  }

  /** Of these topics nobody may say that everything has been told. `''` stands for all. */
  get waitingTopics(): ReadonlySet<string> {
    return new Set([...this.#waiting].map((id) => id.split('\n')[0]!));
  }

  async start(): Promise<void> {
    const { session, name } = this.options;
    await session.query('insert into relay.cursor values ($1, -1) on conflict do nothing', [name]);
    await this.#refresh();
    await this.retry();
  }

  /** The cursor may have been put back by an operator, or he wants to see what waits tried: both are looked at before the next step. */
  mistrust(retry = false): void {
    this.#mistrusted = true;
    this.#retryAsked ||= retry;
  }

  get retryAsked(): boolean {
    return this.#retryAsked;
  }

  async #refresh(): Promise<void> {
    this.#mistrusted = false;
    const { session, name } = this.options;
    const { rows } = await session.query<{ position: string }>('select position from relay.cursor where name = $1', [name]);
    this.#position = Number(rows[0]!.position);
    const waiting = await session.query<Waiting>('select distinct topic, key from relay.untold where cursor = $1', [name]);
    this.#waiting = new Set(waiting.rows.map(idOf));
  }

  /** Tells what comes next; false when there was nothing. */
  async step(over: AbortSignal): Promise<boolean> {
    if (this.#mistrusted) await this.#refresh();
    const records = await this.options.store.readLog(this.#position, readAtOnce);
    let bite: Told[] = [];
    let bytes = 0;
    for (const [index, record] of records.entries()) {
      for (const message of await this.#sayable(record)) {
        bite.push({ message, position: record.position });
        bytes += weightOf(message);
      }
      const full = bite.length >= mostMessages || bytes >= mostBytes;
      if (!full && index < records.length - 1) continue;
      await this.#tell(bite);
      if (!(await this.#move(record.position)) || over.aborted) return true;
      bite = [];
      bytes = 0;
    }
    return records.length > 0;
  }

  /** Tries everything that waits once more, in order per key, and lets go of what could be told. */
  async retry(): Promise<void> {
    const { session, name, store } = this.options;
    this.#retryAsked = false;
    const { rows } = await session.query<Waiting & { position: string }>(
      'select topic, key, position from relay.untold where cursor = $1 order by position',
      [name],
    );
    this.#waiting = new Set();
    for (const { position, ...waiting } of rows) {
      if (this.#waiting.has(idOf(waiting))) continue;
      const row = [name, waiting.topic, waiting.key, position];
      if (!(await this.#takeInHand(row))) {
        this.#waiting.add(idOf(waiting));
        continue;
      }
      const [record] = await store.readLog(Number(position) - 1, 1);
      const said = await this.#said(record!);
      const mine = said?.filter((message) => waiting.topic === '' || idOf(message) === idOf(waiting)) ?? [];
      if (said) await this.#tell(mine.map((message) => ({ message, position: record!.position })));
      else this.#waiting.add(idOf(waiting));
      if (this.#waiting.has(idOf(waiting))) await session.query(`update relay.untold set leased_until = '-infinity' where ${thatRow}`, row);
      else await session.query(`delete from relay.untold where ${thatRow}`, row);
    }
  }

  /** False when two people have said that it is to be skipped, or did so already: then it must not be told at the same moment. */
  async #takeInHand(row: readonly unknown[]): Promise<boolean> {
    const { rowCount } = await this.options.session.query(
      `update relay.untold set leased_until = clock_timestamp() + interval '1 minute' where ${thatRow} and skipping is null`,
      row,
    );
    return rowCount === 1;
  }

  /** What of a record can be told now; the rest is noted. */
  async #sayable(record: Recorded): Promise<readonly OutgoingMessage[]> {
    const whole = { topic: '', key: record.stream };
    if (this.#waiting.has(idOf(whole))) {
      await this.#note(record.position, whole, 'waits');
      return [];
    }
    const messages = await this.#said(record);
    if (!messages) await this.#note(record.position, whole, 'cannot-be-announced');
    return messages ?? [];
  }

  async #said(record: Recorded): Promise<readonly OutgoingMessage[] | undefined> {
    try {
      return await this.options.say(record);
    } catch (error) {
      await this.options.store.head(); // throws when it is the database that fails, not the announcement
      const { name } = error as Error;
      this.options.log.error(
        { position: record.position, type: record.type, error: name },
        'A record cannot be announced; its stream waits.',
      );
      return undefined;
    }
  }

  async #tell(bite: readonly Told[]): Promise<void> {
    const ready: Told[] = [];
    for (const told of bite) {
      if (this.#waiting.has(idOf(told.message))) await this.#note(told.position, told.message, 'waits');
      else ready.push(told);
    }
    try {
      await this.options.transport.publish(ready.map(({ message }) => message));
      this.options.told(ready.length);
    } catch (error) {
      if (!(error instanceof CarrierRefuses)) throw error;
      if (ready.length === 1) await this.#note(ready[0]!.position, ready[0]!.message, error.why);
      else for (const told of ready) await this.#tell([told]); // one of them: the others are carried
    }
  }

  async #note(position: number, { topic, key }: Waiting, why: string) {
    const { session, name, log } = this.options;
    const values = [name, position, topic, key, why];
    const { rows } = await session.query<{ skipped: boolean }>(
      `with known as (
         select from relay.skipped where consumer = 'relay:' || $1 and message = $2::bigint::text and id = relay.waiting_id('relay:' || $1, $3, $4)
       ), noted as (
         insert into relay.untold (cursor, position, topic, key, why)
         select $1, $2::bigint, $3, $4, $5 where not exists (select from known) on conflict do nothing
       )
       select exists (select from known) as skipped`,
      values,
    );
    if (rows[0]!.skipped) return; // the log was put back, and it comes by once more
    if (why !== 'waits') log.error({ position, topic, why }, 'A message cannot be told; its key waits.');
    this.#waiting.add(idOf({ topic, key }));
  }

  /**
   * False when the cursor was put back meanwhile. Nobody waits for the disk: a server that dies with the last moves undone has some messages
   * told again, as after any crash, while waiting would delay every message behind these.
   */
  async #move(position: number): Promise<boolean> {
    const { session, name, token } = this.options;
    const { rows } = await session.query<{ moved: boolean; leads: boolean }>(
      `with quick as (select set_config('synchronous_commit', 'off', true)),
       leader as (select from relay.seat, quick where name = 'relay' and token = $4),
       moved as (update relay.cursor set position = $3 where name = $1 and position = $2 and exists (select from leader) returning name)
       select exists (select from moved) as moved, exists (select from leader) as leads`,
      [name, this.#position, position, token],
    );
    if (!rows[0]!.leads) throw new Deposed('Somebody else tells this log now.');
    if (rows[0]!.moved) this.#position = position;
    else this.#mistrusted = true;
    return rows[0]!.moved;
  }
}
