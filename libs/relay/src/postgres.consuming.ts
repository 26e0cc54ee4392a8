import { setMaxListeners } from 'node:events';
import { hearInOrder } from './ordering.js';
import { pauseFor } from './pausing.js';
import { Seat, type SeatPace } from './seat.pg.js';
import { Session } from './session.pg.js';
import type { Consumption, HeardMessage, Log } from './transport.js';

type Hear = (message: HeardMessage) => Promise<void>;
type Options = {
  readonly url: string;
  readonly name: string;
  readonly group: string;
  readonly topics: readonly string[];
  readonly hear: Hear;
  readonly log: Log;
  readonly poll: number;
  readonly pace: SeatPace;
  readonly keep: number;
};

/** One partition as the group hears it: of each key one message at a time, in order. */
type Lane = {
  readonly topic: string;
  readonly partition: number;
  /** The last position heard, and the last one known to the database. */
  done: number;
  committed: number;
  lastBeat: number;
  busy?: Promise<void>;
  /** Something may have come while it was busy. */
  passedOver?: boolean;
};
/** A message, or a sign of life: that one has a number, stands after a position, and is of no partition. */
type Row = {
  topic: string;
  partition: number;
  position: string;
  number: string | null;
  key: string;
  headers: Record<string, string>;
  value: string;
};

const perFetch = 50;
const pruneEvery = 60_000;

/**
 * A member of a group. One member at a time has the group's seat and hears all partitions, side by side; the others wait for the seat and take
 * it within a second when its holder dies. Losing the connection is losing the seat: messages in hand are finished, nothing is committed any
 * more, and the member queues again.
 */
export class PostgresConsumption implements Consumption {
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(private readonly options: Options) {
    this.#running = this.#run();
  }

  get group(): string {
    return this.options.group;
  }
  get topics(): readonly string[] {
    return this.options.topics;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run() {
    const { url, name, group, log, pace } = this.options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted;) {
      let session: Session | undefined;
      try {
        session = await Session.open(url, `recourse ${name} hears`);
        const seat = await Seat.take(session, { table: 'bus.seat', name: `group/${group}` }, pace, signal);
        if (!seat) continue;
        log.debug({ group, token: seat.token }, 'This member hears for its group.');
        failures = 0;
        await new Sitting(this.options, session, seat, signal).hearOut();
        if (signal.aborted) await seat.release().catch(() => undefined);
      } catch (error) {
        failures++;
        // A bus that is not there yet is usual while everything starts.
        log[failures > 3 ? 'warn' : 'debug']({ group, error: String((error as Error).message) }, 'The bus cannot be heard; trying again.');
      } finally {
        await session?.close();
      }
      if (!signal.aborted) await pauseFor(Math.min(5_000, 200 * 2 ** failures), signal);
    }
  }
}

/** The time between taking the seat and losing it. */
class Sitting {
  readonly #lanes = new Map<string, Lane>();
  readonly #over = new AbortController();
  #hint = () => undefined as void;
  #hinted = false;
  #pruned = Date.now();

  constructor(
    private readonly options: Options,
    private readonly session: Session,
    private readonly seat: Seat,
    stopping: AbortSignal,
  ) {
    setMaxListeners(0, this.#over.signal); // as many lanes may wait at once as there are partitions
    const end = () => {
      this.#over.abort();
      this.#wake();
    };
    if (stopping.aborted) end();
    else stopping.addEventListener('abort', end, { once: true });
    this.#over.signal.addEventListener('abort', () => stopping.removeEventListener('abort', end), { once: true });
    void seat.lost.then(end);
  }

  async hearOut() {
    try {
      await this.session.listen('bus', (topics) => {
        if (topics.split(',').some((topic) => this.options.topics.includes(topic))) this.#wake();
      });
      while (!this.#over.signal.aborted) {
        await this.#commit();
        if (this.#lanes.size === 0 || !this.#allLanesKnown()) await this.#openLanes();
        const fetched = await this.#fetch();
        if (!fetched && !this.#hinted) await this.#waitForMore();
        this.#hinted = false;
        await this.#prune();
      }
    } finally {
      // Whatever ended it: no message of ours may still be in hand when the seat is somebody else's and we queue again.
      this.#over.abort();
      await Promise.all([...this.#lanes.values()].flatMap((lane) => (lane.busy ? [lane.busy] : [])));
    }
    await this.#commit();
  }

  #allLanesKnown() {
    const known = new Set([...this.#lanes.values()].map((lane) => lane.topic));
    return this.options.topics.every((topic) => known.has(topic));
  }

  /** A topic may be prepared after its hearer: it is looked for until it is there. A new group begins at the beginning. */
  async #openLanes() {
    const { rows } = await this.session.query<{ topic: string; partition: number; position: string }>(
      `insert into bus.cursor ("group", topic, partition, position)
       select $1, topic, partition, -1 from bus.topic cross join lateral generate_series(0, partitions - 1) partition where topic = any($2)
       on conflict ("group", topic, partition) do update set position = bus.cursor.position
       returning topic, partition, position`,
      [this.options.group, this.options.topics],
    );
    for (const { topic, partition, position } of rows) {
      const id = `${topic}/${partition}`;
      const done = Number(position);
      if (!this.#lanes.has(id)) this.#lanes.set(id, { topic, partition, done, committed: done, lastBeat: 0 });
    }
  }

  /** Fills every idle lane. True when there were messages for any of them. */
  async #fetch(): Promise<boolean> {
    for (const lane of this.#lanes.values()) lane.passedOver = lane.busy !== undefined;
    const idle = [...this.#lanes.values()].filter((lane) => !lane.busy);
    if (idle.length === 0) return false;
    // In one statement: whoever sees a sign of life sees what was said before it.
    const { rows } = await this.session.query<Row>(
      `select m.*, null as number from unnest($1::text[], $2::integer[], $3::bigint[]) as lane(topic, partition, done)
       cross join lateral (
         select topic, partition, position, key, headers, value from bus.message said
         where said.topic = lane.topic and said.partition = lane.partition and said.position > lane.done
         order by said.position limit ${perFetch}
       ) m
       union all select topic, null, after, key, headers, value, number from bus.beat where topic = any($4)`,
      [idle.map((lane) => lane.topic), idle.map((lane) => lane.partition), idle.map((lane) => lane.done), this.options.topics],
    );
    const beatOf = new Map(rows.filter(isBeat).map((beat) => [beat.topic, beat]));
    let any = false;
    for (const lane of idle) {
      const mine = rows.filter((row) => row.topic === lane.topic && row.partition === lane.partition);
      const beat = mine.length < perFetch ? beatOf.get(lane.topic) : undefined;
      const news = beat && Number(beat.number) !== lane.lastBeat ? beat : undefined;
      if (mine.length === 0 && !news) continue;
      any ||= mine.length > 0;
      lane.busy = this.#work(lane, mine, news).finally(() => {
        delete lane.busy;
        if (mine.length > 0 || lane.passedOver) this.#wake();
      });
    }
    return any;
  }

  async #work(lane: Lane, rows: readonly Row[], beat?: Row) {
    const messages = rows.map(messageOf);
    await hearInOrder(messages, {
      hear: (message) => this.#hear(message),
      done: ({ offset }) => (lane.done = Number(offset)),
    });
    if (!beat || this.#over.signal.aborted) return;
    if (await this.#hear({ ...messageOf(beat), partition: lane.partition })) lane.lastBeat = Number(beat.number);
  }

  /** Until it is heard, or the seat is gone. */
  async #hear(message: HeardMessage): Promise<boolean> {
    const { signal } = this.#over;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await this.options.hear(message);
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        const { topic, partition, offset } = message;
        this.options.log.warn({ topic, partition, offset, error: (error as Error).name }, 'A message was not heard; it is told again.');
        await pauseFor(Math.min(5_000, 100 * 2 ** failures), signal);
      }
    }
    return false;
  }

  /** Under the token of the seat: a member that has been replaced moves nothing. Not waiting for the disk: what is undone is heard again, and known. */
  async #commit() {
    const moved = [...this.#lanes.values()].filter((lane) => lane.done > lane.committed).map((lane) => ({ lane, done: lane.done }));
    if (moved.length === 0) return;
    const { rowCount } = await this.session.query(
      `with quick as (select set_config('synchronous_commit', 'off', true))
       update bus.cursor c set position = heard.position
       from quick, unnest($2::text[], $3::integer[], $4::bigint[]) as heard(topic, partition, position), bus.seat seat
       where c."group" = $1 and c.topic = heard.topic and c.partition = heard.partition and seat.name = $5 and seat.token = $6`,
      [
        this.options.group,
        moved.map(({ lane }) => lane.topic),
        moved.map(({ lane }) => lane.partition),
        moved.map(({ done }) => done),
        `group/${this.options.group}`,
        this.seat.token,
      ],
    );
    if (rowCount !== moved.length) return this.#over.abort();
    for (const { lane, done } of moved) lane.committed = done;
  }

  async #prune() {
    if (Date.now() - this.#pruned < pruneEvery) return;
    this.#pruned = Date.now();
    await this.session.query(`select bus.prune($1 * interval '1 millisecond', 5000)`, [this.options.keep]);
  }

  #wake() {
    this.#hinted = true;
    this.#hint();
  }

  #waitForMore() {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.options.poll);
      this.#hint = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const isBeat = ({ number }: Row): boolean => number !== null;
const messageOf = ({ topic, partition, position, key, headers, value }: Row): HeardMessage => ({
  topic,
  partition,
  offset: position,
  key,
  headers,
  value,
});
