import { forgottenOf, leafOf, noLeaf, pgSessions, type RecordV1 } from '@recourse/event-store';
import type pg from 'pg';
import { keepOpening } from '../access/openings.pg.js';
import type { Gap } from './origin.js';

/** A record as it was told on recourse.records.v1. */
export type Heard = {
  readonly origin: string;
  readonly position: number;
  /** The exact text that was stored and hashed. */
  readonly text: string;
  readonly recordedAt: string;
  readonly sealed: readonly { readonly id: string; readonly h: string; readonly blob: string }[];
};

/** What became of it. */
export type Kept =
  | { readonly then: 'kept' | 'known' }
  | { readonly then: 'fork'; readonly known: string; readonly told: string }
  | { readonly then: 'broken'; readonly position: number; readonly stream: string; readonly version: number }
  | { readonly then: 'stopped' };

/** How a log stands with the notary. */
export type Standing = { readonly origin: string; readonly stopped: boolean; readonly missing: number };

type Head = { next: number; farthest: number; stopped: boolean };

/**
 * The notary's own copy of every log, per origin.
 *
 * Records may come twice, and may come after a gap; nothing is ever skipped. A record after a gap is kept, but the origin's head stays
 * before the gap, and nothing beyond the head is shown, until the missing ones come (`npm run relay -- rewind records <position>` sends
 * them again). The leaf is computed here from the text, and each record must follow the one before it in its stream, so that what is
 * kept here can be checked by itself.
 */
export class Records {
  constructor(private readonly pool: pg.Pool) {}

  keep(heard: Heard): Promise<Kept> {
    const record = JSON.parse(heard.text) as RecordV1;
    const leaf = leafOf(heard.text);
    return pgSessions(this.pool)(async (client) => {
      const head = await this.headOf(client, heard.origin);
      if (head.stopped) return { then: 'stopped' };
      const known = await client.query<{ leaf: Buffer }>('select leaf from heard_record where origin = $1 and position = $2', [
        heard.origin,
        heard.position,
      ]);
      const [twin] = known.rows;
      if (twin)
        return twin.leaf.equals(leaf)
          ? { then: 'known' }
          : { then: 'fork', known: twin.leaf.toString('base64url'), told: leaf.toString('base64url') };
      await this.insert(client, heard, record, leaf);
      await keepOpening(client, heard, record);
      if (heard.position > head.farthest + 1)
        await client.query('insert into heard_gap (origin, "from", "to") values ($1, $2, $3)', [
          heard.origin,
          head.farthest + 1,
          heard.position - 1,
        ]);
      const advanced = await this.advance(client, heard.origin, head.next);
      if ('broken' in advanced) return { then: 'broken', ...advanced.broken };
      await client.query(
        `update heard_origin set next = $2::bigint, farthest = greatest(farthest, $3),
           leaf = (select r.leaf from heard_record r where r.origin = $1 and r.position = $2::bigint - 1)
         where origin = $1`,
        [heard.origin, advanced.next, heard.position],
      );
      return { then: 'kept' };
    });
  }

  /**
   * Gaps that the log of audit does not know of yet, or does not know to be closed. Asked after every record, so that a crash in
   * between forgets none.
   */
  async gapsToTell(origin: string): Promise<readonly (Gap & { readonly said: boolean; readonly filled: boolean })[]> {
    const { rows } = await this.pool.query<{ from: string; to: string; said: boolean; filled: boolean }>(
      `select * from (
         select g."from", g."to", g.said,
           (select count(*) from heard_record r
            where r.origin = g.origin and r.position between g."from" and g."to") = g."to" - g."from" + 1 as filled
         from heard_gap g where g.origin = $1
       ) gap where filled or not said order by "from"`,
      [origin],
    );
    return rows.map(({ from, to, said, filled }) => ({ from: Number(from), to: Number(to), said, filled }));
  }

  async gapTold(origin: string, { from, filled }: Gap & { readonly filled: boolean }): Promise<void> {
    if (filled) await this.pool.query('delete from heard_gap where origin = $1 and "from" = $2', [origin, from]);
    else await this.pool.query('update heard_gap set said = true where origin = $1 and "from" = $2', [origin, from]);
  }

  async standings(): Promise<readonly Standing[]> {
    const { rows } = await this.pool.query<Omit<Standing, 'missing'> & { missing: string }>(
      `select origin, stopped, coalesce((
         select sum(g."to" - g."from" + 1) - (select count(*) from heard_record r join heard_gap h using (origin)
           where r.origin = o.origin and r.position between h."from" and h."to")
         from heard_gap g where g.origin = o.origin), 0) as missing
       from heard_origin o order by origin`,
    );
    return rows.map(({ missing, ...standing }) => ({ ...standing, missing: Number(missing) }));
  }

  /** From now on nothing of this origin is believed. */
  async stop(origin: string): Promise<void> {
    await this.pool.query('update heard_origin set stopped = true where origin = $1', [origin]);
  }

  private async headOf(client: pg.PoolClient, origin: string): Promise<Head> {
    await client.query('insert into heard_origin (origin) values ($1) on conflict do nothing', [origin]);
    const { rows } = await client.query<{ next: string; farthest: string; stopped: boolean }>(
      'select next, farthest, stopped from heard_origin where origin = $1 for update',
      [origin],
    );
    const { next, farthest, stopped } = rows[0]!;
    return { next: Number(next), farthest: Number(farthest), stopped };
  }

  private async insert(
    client: pg.PoolClient,
    { origin, position, text, recordedAt, sealed }: Heard,
    record: RecordV1,
    leaf: Buffer,
  ): Promise<void> {
    const { stream, version, type, tenant, corr, prev, data } = record;
    const [matter, subject] = ['matter', 'subject'].map((name) => (typeof data[name] === 'string' ? data[name] : null));
    await client.query(
      `insert into heard_record (origin, position, leaf, prev, stream, version, type, tenant, corr, matter, subject, recorded_at, record)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [origin, position, leaf, Buffer.from(prev, 'base64url'), stream, version, type, tenant, corr, matter, subject, recordedAt, text],
    );
    if (sealed.length === 0) return;
    const keys = new Map((record.sealed ?? []).map((ref) => [ref.id, ref.key]));
    const forgotten = await forgottenOf(client, [...keys.values()]);
    for (const { id, h, blob } of sealed) {
      const key = keys.get(id);
      if (!key || forgotten.has(key)) continue; // told late, or told by nobody's record: not kept
      await client.query('insert into heard_sealed (id, tenant, h, blob, key) values ($1, $2, $3, $4, $5) on conflict do nothing', [
        id,
        tenant,
        Buffer.from(h, 'base64url'),
        Buffer.from(blob, 'base64url'),
        key,
      ]);
    }
  }

  /** Moves the head over everything that stands there without a gap, and checks each record against the one before it in its stream. */
  private async advance(
    client: pg.PoolClient,
    origin: string,
    from: number,
  ): Promise<
    { readonly next: number } | { readonly broken: { readonly position: number; readonly stream: string; readonly version: number } }
  > {
    for (let next = from; ; next++) {
      const { rows } = await client.query<{ stream: string; version: number; prev: Buffer; before: Buffer | null; twice: boolean }>(
        `select r.stream, r.version, r.prev,
           (select b.leaf from heard_record b
            where b.origin = r.origin and b.stream = r.stream and b.version = r.version - 1 and b.position < r.position) as before,
           exists (select from heard_record b
            where b.origin = r.origin and b.stream = r.stream and b.version = r.version and b.position < r.position) as twice
         from heard_record r where r.origin = $1 and r.position = $2`,
        [origin, next],
      );
      const [record] = rows;
      if (!record) return { next };
      const { stream, version, prev, before, twice } = record;
      if (twice || !prev.equals(version === 0 ? noLeaf : (before ?? Buffer.alloc(0))))
        return { broken: { position: next, stream, version } };
    }
  }
}
