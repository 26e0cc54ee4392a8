import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { borrow } from './borrowing.js';
import type { Queryable } from './reading.js';

/** One table of two generations: how many rows each has, and how many stand in one of them alone. */
export type ComparedTable = {
  readonly table: string;
  readonly rows: readonly [number, number];
  readonly onlyIn: readonly [number, number];
};
/** Two generations of a view at one position of the log. */
export type Comparison = {
  readonly view: string;
  readonly generations: readonly [number, number];
  readonly position: number;
  readonly equal: boolean;
  readonly tables: readonly ComparedTable[];
};

/** The two generations did not come to one position in time: most likely nobody follows one of them. */
export class NeverMet extends Error {
  constructor(view: string, positions: readonly number[]) {
    super(`Generations of ${view} stand at ${positions.join(' and ')} and do not come together: does its service run?`);
    this.name = 'NeverMet';
  }
}

type Schemas = readonly [string, string];

/**
 * Whether two generations hold the same rows. Both are let come to one position and held there for the moment a snapshot takes; then they go
 * on, and the snapshot is compared at leisure: number of rows, and the sum of two hashes of each row, which no order of rows changes.
 */
export const compareGenerations = (
  pool: pg.Pool,
  view: string,
  generations: readonly [number, number],
  patience = 10_000,
): Promise<Comparison> => {
  return borrow(pool, async (client) => {
    const position = await meet(pool, client, view, generations, patience);
    const { rows } = await client.query<{ schema: string; tables: string[] }>(
      `select g.schema, v.tables from log.view_generation g join log.view v on v.name = g.view
       where g.view = $1 and g.generation = any($2::integer[]) order by array_position($2::integer[], g.generation)`,
      [view, generations],
    );
    const schemas = rows.map(({ schema }) => schema) as unknown as Schemas;
    const tables = [];
    for (const table of rows[0]!.tables) tables.push(await compareTable(client, table, schemas));
    await client.query('commit');
    return { view, generations, position, equal: tables.every(({ onlyIn }) => onlyIn[0] + onlyIn[1] === 0), tables };
  });
};

/** Leaves a transaction open whose snapshot has both at the same position, and lets them go on. */
const meet = async (
  pool: pg.Pool,
  client: pg.PoolClient,
  view: string,
  [one, other]: readonly [number, number],
  patience: number,
): Promise<number> => {
  let positions: readonly number[] = [];
  await pool.query('select log.hold_generations($1, $2, $3, $4)', [view, one, other, patience]);
  try {
    for (const giveUp = performance.now() + patience; performance.now() < giveUp; await pause(10)) {
      await client.query(
        'begin isolation level repeatable read; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0',
      );
      positions = await positionsOf(client, view, one, other);
      if (positions.length === 2 && positions[0] === positions[1]) return positions[0]!;
      await client.query('rollback');
    }
  } finally {
    // By another connection: this one's snapshot may write to nothing that has moved since.
    await pool.query(
      'update log.follower set hold = null, held_until = null where name in (log.follower_of($1, $2), log.follower_of($1, $3))',
      [view, one, other],
    );
  }
  throw new NeverMet(view, positions);
};

const positionsOf = async (database: Queryable, view: string, one: number, other: number): Promise<readonly number[]> => {
  const { rows } = await database.query<{ position: string }>(
    'select position from log.follower where name in (log.follower_of($1, $2), log.follower_of($1, $3)) order by name',
    [view, one, other],
  );
  return rows.map(({ position }) => Number(position));
};

const compareTable = async (client: pg.PoolClient, table: string, schemas: Schemas): Promise<ComparedTable> => {
  const { rows: columns } = await client.query<{ name: string }>(
    `select distinct attname as name from pg_attribute
     where attrelid in (to_regclass($1), to_regclass($2)) and attnum > 0 and not attisdropped order by 1`,
    schemas.map((schema) => nameIn(schema, table)),
  );
  const row = `row(${columns.map(({ name }) => pg.escapeIdentifier(name)).join(', ')})::text`;
  const sums = schemas.map(
    (schema) => `select count(*)::integer as rows, coalesce(sum(hashtextextended(${row}, 0)::numeric), 0) as one,
       coalesce(sum(hashtextextended(${row}, 1)::numeric), 0) as other from ${nameIn(schema, table)}`,
  );
  const [first, second] = (await client.query<{ rows: number; one: string; other: string }>(sums.join(' union all '))).rows;
  const rows = [first!.rows, second!.rows] as const;
  if (first!.rows === second!.rows && first!.one === second!.one && first!.other === second!.other) return { table, rows, onlyIn: [0, 0] };
  const all = schemas.map((schema) => `select ${row} from ${nameIn(schema, table)}`);
  const { rows: only } = await client.query<{ here: number; there: number }>(
    `select (select count(*)::integer from (${all[0]} except all ${all[1]}) x) as here, (select count(*)::integer from (${all[1]} except all ${all[0]}) y) as there`,
  );
  return { table, rows, onlyIn: [only[0]!.here, only[0]!.there] };
};

const nameIn = (schema: string, table: string): string => `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;
