import type { EventStore, Histories, Recorded } from '@recourse/event-store';
import type pg from 'pg';
import { announced } from './announced.pg.js';
import { envelope, heartbeat } from './enveloping.js';
import type { Announce } from './message.js';
import { Deposed, Pump } from './pumping.pg.js';
import { atMost, pauseFor } from './pausing.js';
import { Seat, usualPace, type SeatPace } from './seat.pg.js';
import { Session } from './session.pg.js';
import { recordMessage } from './telling.js';
import { ownTopicsOf, recordsPartitionOf, topics as allTopics } from './topics.js';
import { silence, type Log, type TopicPlan, type Transport } from './transport.js';

export type RelayOptions = {
  readonly service: string;
  readonly store: EventStore;
  readonly transport: Transport;
  /** The service's database as its `_log` role: the leader has a connection of its own. */
  readonly url: string;
  /** Connections for what is asked now and then (metrics, rewinding). */
  readonly pool: pg.Pool;
  /** By stream prefix; what is left out is not announced. */
  readonly announce: Readonly<Record<string, Announce>>;
  /** By stream prefix; `announce` is given the history as it stood at the event. */
  readonly histories: Histories;
  readonly log?: Log;
  /** The topics this service alone speaks on; those of its name unless said otherwise. */
  readonly topics?: readonly string[];
  /** All that has to be there; every topic of the house unless said otherwise. */
  readonly prepare?: readonly TopicPlan[];
  /** Its partition of recourse.records.v1; false keeps the records at home (tests). */
  readonly records?: number | false;
  /** In the addresses of schemas. */
  readonly domain?: string;
  readonly pace?: SeatPace;
  /** Milliseconds between two signs of life. */
  readonly beatEvery?: number;
  /** Milliseconds between two tries of what waits. */
  readonly retryEvery?: number;
};

/** What is still on its way after that is told again by the next leader. Milliseconds. */
const drainWithin = 10_000;

export type CursorName = 'messages' | 'records';
export const cursorNames: readonly CursorName[] = ['messages', 'records'];

/** Tells the log to the neighbours. It never fails a start: a carrier that is away is waited for. */
export const startRelay = (options: RelayOptions): Relay => new Relay(options);

/**
 * Tells again from this position on, whoever leads: hearers know a message by its id, so nothing happens twice. It only ever goes back: a cursor put
 * forward would lose everything in between.
 */
export const rewindRelay = async (pool: pg.Pool | pg.Client, cursor: CursorName, position: number): Promise<void> => {
  await pool.query('insert into relay.cursor as c values ($1, $2) on conflict (name) do update set position = least(c.position, $2)', [
    cursor,
    position - 1,
  ]);
  await pool.query(`select pg_notify('recourse_relay', $1)`, [cursor]);
};

/**
 * One leader per service reads the log in order and tells it: announcements to the service's topics, every record to the notary. Everybody else
 * waits for the seat. The log is the outbox: positions have no gaps, so what was told is one number.
 */
export class Relay {
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  readonly #topics: readonly string[];
  #pumps: readonly Pump[] = [];
  #rewound = new AbortController();
  #published = 0;
  #failures = 0;

  constructor(private readonly options: RelayOptions) {
    this.#log = options.log ?? silence;
    this.#topics = options.topics ?? ownTopicsOf(options.service);
    this.#running = this.#run();
  }

  /** Whether this instance tells. */
  get leads(): boolean {
    return this.#pumps.length > 0;
  }
  /** Messages told by this instance since it started. */
  get published(): number {
    return this.#published;
  }
  /** Attempts of this instance that failed since it started. */
  get failures(): number {
    return this.#failures;
  }

  /** Records of the log that have not been told yet, per cursor, whoever leads. */
  async lag(): Promise<Readonly<Record<CursorName, number>>> {
    const head = await this.options.store.head();
    const { rows } = await this.options.pool.query<{ name: CursorName; position: string }>('select name, position from relay.cursor');
    const lagOf = (name: CursorName) => head - Number(rows.find((row) => row.name === name)?.position ?? -1);
    return { messages: lagOf('messages'), records: lagOf('records') };
  }

  /** What the carrier refused, or could not be announced, and what waits behind it. */
  async untold(): Promise<readonly { cursor: CursorName; position: number; topic: string; why: string }[]> {
    const { rows } = await this.options.pool.query<{ cursor: CursorName; position: string; topic: string; why: string }>(
      'select cursor, position, topic, why from relay.untold order by position',
    );
    return rows.map((row) => ({ ...row, position: Number(row.position) }));
  }

  rewind(cursor: CursorName, position: number): Promise<void> {
    return rewindRelay(this.options.pool, cursor, position);
  }

  /** Finishes what is on its way to the carrier, moves the cursor, and gives the seat away. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await atMost(drainWithin, this.#running);
  }

  async #run() {
    const { url, service, pace = usualPace } = this.options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted;) {
      let session: Session | undefined;
      try {
        session = await Session.open(url, `${service} relay`);
        const seat = await Seat.take(session, { table: 'relay.seat', name: 'relay' }, pace, signal);
        if (!seat) continue;
        await this.#lead(session, seat, () => (failures = 0));
        if (signal.aborted) await seat.release().catch(() => undefined);
      } catch (error) {
        this.#failures++;
        if (!(error instanceof Deposed)) this.#log.warn({ error: plain(error) }, 'The relay lost its seat; it queues again.');
      } finally {
        await session?.close();
      }
      if (!signal.aborted) await pauseFor(Math.min(5_000, 100 * 2 ** failures++), signal);
    }
  }

  async #lead(session: Session, seat: Seat, succeeded: () => void) {
    const over = new AbortController();
    const end = () => over.abort();
    this.#stopping.signal.addEventListener('abort', end, { once: true });
    void seat.lost.then(end);
    if (this.#stopping.signal.aborted) end();
    try {
      await this.#carrierIsReady(over.signal);
      const pumps = this.#makePumps(session, seat.token);
      for (const pump of pumps) await pump.start();
      await session.listen('recourse_relay', (news) => {
        for (const pump of pumps) pump.mistrust(news === 'retry');
        this.#rewound.abort();
        this.#rewound = new AbortController();
      });
      if (over.signal.aborted) return;
      succeeded();
      this.#pumps = pumps;
      await Promise.all([...pumps.map((pump) => this.#pumpOut(pump, over)), this.#beat(session, pumps[0]!, over.signal)]);
    } finally {
      end();
      this.#pumps = [];
      this.#stopping.signal.removeEventListener('abort', end);
    }
  }

  async #carrierIsReady(over: AbortSignal) {
    const { transport, prepare = allTopics } = this.options;
    for (let tries = 0; !over.aborted; tries++) {
      try {
        return await transport.prepare(prepare);
      } catch (error) {
        this.#failures++;
        if (tries % 30 === 0)
          this.#log[tries === 0 ? 'info' : 'warn']({ error: plain(error) }, 'The carrier is not there yet; the log waits for it.');
      }
      await pauseFor(1_000, over);
    }
  }

  #makePumps(session: Session, token: string): readonly Pump[] {
    const { service, store, transport, domain } = this.options;
    const { records = recordsPartitionOf(service) } = this.options;
    const messages = announced({ ...this.options, topics: this.#topics });
    const say = async (record: Recorded) => (await messages(record)).map((message) => envelope(message, domain ? { domain } : {}));
    const sayRecord = (partition: number) => async (record: Recorded) => {
      const blobs = await store.blobs((record.sealed ?? []).map(({ id }) => id));
      return [recordMessage(record, service, partition, blobs, domain)];
    };
    const told = (messages: number) => (this.#published += messages);
    const common = { store, transport, session, token, log: this.#log, told };
    const pumps = [new Pump({ ...common, name: 'messages', say })];
    if (typeof records === 'number') pumps.push(new Pump({ ...common, name: 'records', say: sayRecord(records) }));
    else if (records === undefined)
      this.#log.error({ service }, 'This service has no partition for its records: the notary never sees them.');
    return pumps;
  }

  async #pumpOut(pump: Pump, over: AbortController) {
    const { store, retryEvery = 300_000 } = this.options;
    let retried = Date.now();
    for (let failures = 0; !over.signal.aborted;) {
      try {
        if (pump.retryAsked || Date.now() - retried > retryEvery) {
          await pump.retry();
          retried = Date.now();
        }
        const wake = AbortSignal.any([over.signal, this.#rewound.signal]);
        if (!(await pump.step(over.signal))) await store.waitFor(pump.position, 5_000, wake);
        failures = 0;
      } catch (error) {
        if (error instanceof Deposed) return over.abort();
        this.#failures++;
        if (failures++ % 10 === 0) this.#log.warn({ error: plain(error) }, 'The log cannot be told at the moment; trying again.');
        await pauseFor(Math.min(5_000, 50 * 2 ** failures), over.signal);
      }
    }
  }

  /** An instant up to which everything was recorded is said as soon as everything up to there has been told, and while nothing waits. */
  async #beat(session: Session, pump: Pump, over: AbortSignal) {
    const { service, transport, beatEvery = 1_000 } = this.options;
    while (!over.aborted && this.#topics.length > 0) {
      try {
        const { rows } = await session.query<{ up_to: Date; head: string }>('select up_to, head from relay.settled()');
        const { up_to, head } = rows[0]!;
        while (pump.position < Number(head) && !over.aborted) await pauseFor(20, over);
        const waiting = pump.waitingTopics;
        const free = this.#topics.filter((topic) => !waiting.has(topic) && !waiting.has(''));
        if (!over.aborted) await transport.beat(free.map((topic) => heartbeat(topic, service, up_to.toISOString())));
      } catch {
        this.#failures++; // whoever publishes says why; without a sign of life nobody concludes anything
      }
      await pauseFor(beatEvery, over);
    }
  }
}

/** What finds the fault and names nobody. */
const plain = (error: unknown): string => {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  return code ? `${name} ${code}` : `${name}: ${message}`;
};
