import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { compareGenerations, type Comparison } from './comparing.js';
import { sessionOptions } from './reading.js';

/** One generation of a view, and how far it has come. `reached` runs ahead of `position` while the first load is folded in memory. */
export type Generation = {
  readonly view: string;
  readonly generation: number;
  readonly version: number;
  readonly state: 'building' | 'live' | 'old';
  readonly schema: string;
  readonly indexed: boolean;
  readonly swaps: boolean;
  readonly begun: Date;
  readonly position: number;
  readonly reached: number;
  /** Somebody follows for it now. */
  readonly followed: boolean;
};

/** A view, a generation, or a moment that is not as the command needs it. The sentence says how it is. */
export class NotSo extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'NotSo';
  }
}

/** The catalogue of views of one service's database, as the log role: what is built, compared, swapped, given back and dropped. */
export class Generations {
  constructor(private readonly pool: pg.Pool) {}

  /** With connections of its own, for a tool: `close` it. */
  static at(logUrl: string): Generations {
    const pool = new pg.Pool({ connectionString: logUrl, options: sessionOptions, max: 2 });
    pool.on('error', () => undefined); // whoever asks next is told
    return new Generations(pool);
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  async all(view?: string): Promise<readonly Generation[]> {
    const { rows } = await this.pool.query<Omit<Generation, 'position' | 'reached'> & { position: string; reached: string }>(
      `select g.view, g.generation, g.version, g.state, g.schema, g.indexed, g.swaps, g.begun, f.position, greatest(g.reached, f.position) as reached,
         f.holder is not null and f.beat > clock_timestamp() - interval '10 seconds' as followed
       from log.view_generation g join log.follower f on f.name = log.follower_of(g.view, g.generation)
       where $1::text is null or g.view = $1 order by g.view, g.generation`,
      [view ?? null],
    );
    return rows.map((row) => ({ ...row, position: Number(row.position), reached: Number(row.reached) }));
  }

  async head(): Promise<number> {
    const { rows } = await this.pool.query<{ head: string }>('select coalesce(max(position), -1) as head from log.event');
    return Number(rows[0]!.head);
  }

  /** Begins a generation by the fold of the live one, or goes on with one that was begun and not finished. The services build it. */
  async begin(view: string, { bulk = true, version }: { readonly bulk?: boolean; readonly version?: number } = {}): Promise<number> {
    const live = await this.#one(view, 'live');
    return this.#ask<number>('select log.begin_generation($1, $2, $3, false) as answer', [view, version ?? live.version, bulk]);
  }

  /** Waits until a generation has come to a position; told how it goes. */
  async builtTo(
    view: string,
    generation: number,
    goal: number,
    { ms = 600_000, told = () => undefined }: { readonly ms?: number; readonly told?: (now: Generation) => void } = {},
  ): Promise<void> {
    for (const giveUp = performance.now() + ms; ; await pause(50)) {
      const now = (await this.all(view)).find((one) => one.generation === generation);
      if (!now) throw new NotSo(`Generation ${generation} of ${view} was dropped while it was built.`);
      told(now);
      if (now.indexed && now.position >= goal) return;
      if (performance.now() > giveUp) throw new NotSo(`Generation ${generation} of ${view} was not built within ${ms} ms.`);
    }
  }

  /** The live generation beside another one: the one being built unless named, else the last that was live. */
  async compare(view: string, generation?: number): Promise<Comparison> {
    const live = await this.#one(view, 'live');
    const other = generation ?? (await this.#candidate(view));
    if (other === live.generation) throw new NotSo(`Generation ${other} of ${view} is the live one.`);
    return compareGenerations(this.pool, view, [live.generation, other]);
  }

  /** From the next snapshot on, everybody reads this generation: the one being built unless named. The one before stays and is kept up to date. */
  async swap(view: string, generation?: number): Promise<number> {
    const next = generation ?? (await this.#one(view, 'building')).generation;
    await this.#ask('select log.swap_view($1, $2)::text as answer', [view, next]);
    return next;
  }

  /** Back to the generation that was live before. */
  async rollback(view: string): Promise<number> {
    const previous = await this.#ask<number | null>('select previous as answer from log.view where name = $1', [view]);
    if (previous === null || previous === undefined) throw new NotSo(`${view} has no earlier generation to go back to.`);
    return this.swap(view, previous);
  }

  /** Drops what is not live: all of it unless one is named. One that is being built is thereby given up. */
  async drop(view: string, generation?: number): Promise<readonly number[]> {
    const all = await this.all(view);
    if (all.length === 0) throw new NotSo(`There is no view ${view}.`);
    const dropped = all.filter((one) => (generation === undefined ? one.state !== 'live' : one.generation === generation));
    for (const one of dropped) await this.#ask('select log.drop_generation($1, $2)::text as answer', [view, one.generation]);
    return dropped.map((one) => one.generation);
  }

  async #candidate(view: string): Promise<number> {
    const all = await this.all(view);
    const other = all.findLast(({ state }) => state === 'building') ?? all.findLast(({ state }) => state === 'old');
    if (!other) throw new NotSo(`${view} has one generation only: there is nothing to compare it with.`);
    return other.generation;
  }

  async #one(view: string, state: Generation['state']): Promise<Generation> {
    const all = await this.all(view);
    if (all.length === 0) throw new NotSo(`There is no view ${view}.`);
    const found = all.findLast((one) => one.state === state);
    if (!found) throw new NotSo(`No generation of ${view} is ${state}.`);
    return found;
  }

  async #ask<Answer>(sql: string, values: readonly unknown[]): Promise<Answer> {
    try {
      const { rows } = await this.pool.query<{ answer: Answer }>(sql, [...values]);
      return rows[0]?.answer as Answer;
    } catch (error) {
      const { code, message } = error as { readonly code?: string; readonly message: string };
      // What log.* functions raise is said in words already.
      if (code === '55000' || code === '55006' || code === '42704') throw new NotSo(message);
      throw error;
    }
  }
}
