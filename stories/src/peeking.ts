import fs from 'node:fs';
import path from 'node:path';
import { services, type ServiceName } from '@recourse/embedded';
import pg from 'pg';

/** The databases of a house: one for each service, and the two they share. */
export type Database = ServiceName | 'keyring' | 'bus';
export const databases: readonly Database[] = [...services, 'keyring', 'bus'];

/** Looks into the databases of a house from outside, as the administrator. No story does that; tests of what lies behind the door do. */
export class Inside {
  private readonly pools = new Map<Database, pg.Pool>();

  constructor(private readonly adminUrl: string) {}

  async ask<Row extends pg.QueryResultRow>(database: Database, sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.poolOf(database).query<Row>(sql, [...values])).rows;
  }

  /** Schema and name of every table there is, quoted. */
  async tables(database: Database): Promise<readonly string[]> {
    const rows = await this.ask<{ name: string }>(
      database,
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`,
    );
    return rows.map(({ name }) => name);
  }

  /** Every table of every database, with each of its rows as a text. */
  async *everyTable(): AsyncGenerator<{ readonly database: Database; readonly table: string; readonly rows: readonly string[] }> {
    for (const database of databases)
      for (const table of await this.tables(database)) {
        const found = await this.ask<{ row: string }>(database, `select t::text as row from ${table} t`);
        yield { database, table, rows: found.map(({ row }) => row) };
      }
  }

  async close(): Promise<void> {
    const pools = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(pools.map((pool) => pool.end()));
  }

  private poolOf(database: Database): pg.Pool {
    const known = this.pools.get(database);
    if (known) return known;
    const url = new URL(this.adminUrl);
    url.pathname = `/recourse_${database.replaceAll('-', '_')}`;
    const pool = new pg.Pool({ connectionString: url.href, max: 1, allowExitOnIdle: true });
    pool.on('error', () => undefined); // the server may be killed on purpose: the next question connects again
    this.pools.set(database, pool);
    return pool;
  }
}

/** Every file below a folder. */
export const filesBelow = (folder: string): readonly string[] =>
  fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .flatMap((entry) => (entry.isFile() ? [path.join(entry.parentPath, entry.name)] : []));
