import { pauseFor } from './pausing.js';
import type { Session } from './session.pg.js';

/** What a seat is called and where it is kept. `table` is `(name, token, pid, beat)` in the database of the client. */
export type SeatOf = { readonly table: string; readonly name: string };
/** `beat`: how often the holder shows that it lives; `silence`: after how much of it a rival removes it; `ask`: how often a rival asks. Milliseconds. */
export type SeatPace = { readonly beat: number; readonly silence: number; readonly ask: number };
export const usualPace: SeatPace = { beat: 2_000, silence: 10_000, ask: 1_000 };

/**
 * One holder at a time, by the database's own means. The seat is a session advisory lock on a connection of its own: when the process dies
 * or the connection breaks, PostgreSQL frees it at once, and no clock is asked. Only a stopped process (SIGSTOP, a hung machine) keeps its
 * connection, and with it the lock, for minutes; hence the beat by the database's clock, and a rival who ends the session of a silent holder.
 * The token rises with each holder, so that whatever a holder writes under it can be fenced off from the next one's.
 */
export class Seat {
  #beating: NodeJS.Timeout | undefined;
  #lost: (() => void) | undefined;
  /** Resolves when this holder is no longer the holder. */
  readonly lost: Promise<void>;

  private constructor(
    private readonly session: Session,
    private readonly of: SeatOf,
    readonly token: string,
    pace: SeatPace,
  ) {
    this.lost = new Promise((resolve) => (this.#lost = resolve));
    void session.lost.then(() => this.#leave());
    this.#beating = setInterval(() => void this.#beat(), pace.beat);
  }

  /** Waits until the seat is free and takes it; undefined when the signal aborts first.  */
  static async take(session: Session, of: SeatOf, pace: SeatPace, signal: AbortSignal): Promise<Seat | undefined> {
    while (!signal.aborted) {
      const { rows } = await session.query<{ mine: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as mine', [keyOf(of)]);
      if (rows[0]!.mine) return new Seat(session, of, await sitDown(session, of), pace);
      await removeSilent(session, of, pace.silence);
      await pauseFor(pace.ask, signal);
    }
    return undefined;
  }

  /** Frees the seat for the next one at once. */
  async release(): Promise<void> {
    this.#leave();
    await this.session.query('select pg_advisory_unlock(hashtextextended($1, 0))', [keyOf(this.of)]);
  }

  async #beat() {
    try {
      const { rowCount } = await this.session.query(`update ${this.of.table} set beat = clock_timestamp() where name = $1 and token = $2`, [
        this.of.name,
        this.token,
      ]);
      if (rowCount !== 1) this.#leave();
    } catch {
      this.#leave();
    }
  }

  #leave() {
    clearInterval(this.#beating);
    this.#lost?.();
  }
}

const keyOf = ({ table, name }: SeatOf) => `${table}/${name}`;

const sitDown = async (session: Session, { table, name }: SeatOf): Promise<string> => {
  const { rows } = await session.query<{ token: string }>(
    `insert into ${table} as seat (name, token, pid, beat) values ($1, 1, pg_backend_pid(), clock_timestamp())
     on conflict (name) do update set token = seat.token + 1, pid = pg_backend_pid(), beat = clock_timestamp()
     returning token`,
    [name],
  );
  return rows[0]!.token;
};

/** Whoever holds the lock and has neither beaten nor asked the server anything for so long is gone for good, or must believe so when it wakes. */
const removeSilent = async (session: Session, of: SeatOf, silence: number) => {
  await session.query(
    `select pg_terminate_backend(holder.pid)
     from pg_locks holder join pg_stat_activity session on session.pid = holder.pid
     where holder.locktype = 'advisory' and holder.granted and holder.objsubid = 1
       and holder.database = (select oid from pg_database where datname = current_database())
       and (holder.classid::bigint << 32) | holder.objid::bigint = hashtextextended($2, 0)
       and session.state_change < clock_timestamp() - $3 * interval '1 millisecond'
       and not exists (select from ${of.table} where name = $1 and beat > clock_timestamp() - $3 * interval '1 millisecond')`,
    [of.name, keyOf(of), silence],
  );
};
