import { createHash } from 'node:crypto';
import pg from 'pg';
import type { RecordV1, SealedRef } from './record.js';
import { leafOf, noLeaf } from './stamping.js';

/** What somebody has done to a database past everything that writes it, as far as it shows. */
export type WhatShows =
  | 'record-changed'
  | 'columns-disagree'
  | 'position-missing'
  | 'order-broken'
  | 'time-falls'
  | 'sealed-changed'
  | 'sealed-missing'
  | 'sealed-strange'
  | 'notary-has-another'
  | 'notary-copy-changed'
  | 'notary-has-more'
  | 'notary-never-heard'
  | 'told-past-the-end';

/** Where it shows: a position of the log, none for what no record names. */
export type Shown = { readonly position: number | null; readonly what: WhatShows; readonly id?: string };

export type Verified = {
  readonly records: number;
  readonly sealed: number;
  /** Told, and compared with what the notary holds. What came later is only as good as its own chain. */
  readonly witnessed: number;
  /** Every data key that a record names, with its tenant and where it is named first. */
  readonly keys: ReadonlyMap<string, { readonly tenant: string; readonly position: number }>;
  readonly shown: readonly Shown[];
};

export type VerifyingOptions = {
  /** The service's database, as its `_log` role. */
  readonly logUrl: string;
  /** The notary's copy: audit's database as its `_log` role, and the service whose log it is. */
  readonly notary?: { readonly url: string; readonly service: string };
  /** So long the notary may take to hear what has been told. */
  readonly patienceMs?: number;
  readonly told?: (records: number) => void;
};

type Row = {
  position: string;
  stream: string;
  version: number;
  event_id: string;
  type: string;
  sv: number;
  tenant: string;
  recorded_at: Date;
  leaf: Buffer;
  text: string;
};
type SealedRow = { id: string; tenant: string; h: Buffer; blob: Buffer; key: string | null };
type CopyRow = { position: string; leaf: Buffer; recorded_at: Date; record: string };

const page = 2_000;

/**
 * Reads a whole log and everything beside it, and says what does not fit. By itself a log shows whatever was changed, left out or put in, except for
 * one thing: a tail that was cut off, or cut off and written anew, fits as well as the one before. That is what the notary's copy is for.
 */
export const verifyLog = async ({ logUrl, notary, patienceMs = 10_000, told }: VerifyingOptions): Promise<Verified> => {
  const log = await connected(logUrl);
  const copy = notary && (await connected(notary.url));
  try {
    const shown: Shown[] = [];
    const { rows: cursors } = await log.query<{ position: string }>(`select position from relay.cursor where name = 'records'`);
    const toldUpTo = Number(cursors[0]?.position ?? -1);
    const review = new Reviewing(log, shown);
    const witness = copy && new Witness(copy, notary.service, shown);
    for (let after = -1; ;) {
      const { rows } = await log.query<Row>(
        `select position, stream, version, event_id, type, sv, tenant, recorded_at, leaf, record::text as text
         from log.event where position > $1 order by position limit ${page}`,
        [after],
      );
      if (rows.length === 0) break;
      await review.take(rows);
      await witness?.compare(rows, after);
      after = Number(rows.at(-1)!.position);
      told?.(review.records);
    }
    await review.end();
    await witness?.end(log, review.head, toldUpTo, patienceMs);
    return { records: review.records, sealed: review.sealed, witnessed: witness?.compared ?? 0, keys: review.keys, shown };
  } finally {
    await log.end();
    await copy?.end();
  }
};

const connected = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString, application_name: 'verifying' });
  await client.connect();
  return client;
};

/** What a log says against itself. */
class Reviewing {
  records = 0;
  sealed = 0;
  head = -1;
  readonly keys = new Map<string, { readonly tenant: string; readonly position: number }>();
  readonly #named = new Set<string>();
  readonly #heads = new Map<string, { readonly version: number; readonly leaf: Buffer }>();
  #latest = 0;

  constructor(
    private readonly log: pg.Client,
    private readonly shown: Shown[],
  ) {}

  async take(rows: readonly Row[]): Promise<void> {
    const refs: { readonly position: number; readonly tenant: string; readonly ref: SealedRef }[] = [];
    for (const row of rows) {
      const position = Number(row.position);
      const says = (what: WhatShows) => this.shown.push({ position, what });
      if (position > this.head + 1) this.shown.push({ position: this.head + 1, what: 'position-missing' });
      this.head = position;
      this.records += 1;
      if (row.recorded_at.getTime() < this.#latest) says('time-falls');
      this.#latest = Math.max(this.#latest, row.recorded_at.getTime());
      const leaf = leafOf(row.text);
      if (!leaf.equals(row.leaf)) says('record-changed');
      const record = parsed(row.text);
      const before = this.#heads.get(row.stream);
      this.#heads.set(row.stream, { version: row.version, leaf: row.leaf });
      if (row.version !== (before?.version ?? -1) + 1 || record?.prev !== (before?.leaf ?? noLeaf).toString('base64url'))
        says('order-broken');
      if (!record || !sameColumns(row, record)) says('columns-disagree');
      for (const ref of record?.sealed ?? []) refs.push({ position, tenant: row.tenant, ref });
    }
    await this.#takeSealed(refs);
  }

  /** Bytes are missing lawfully when an order has destroyed their key. */
  async #takeSealed(refs: readonly { readonly position: number; readonly tenant: string; readonly ref: SealedRef }[]): Promise<void> {
    if (refs.length === 0) return;
    const ids = refs.map(({ ref }) => ref.id);
    const { rows } = await this.log.query<SealedRow>('select id, tenant, h, blob, key from log.sealed where id = any ($1)', [ids]);
    const there = new Map(rows.map((row) => [row.id, row]));
    const { rows: gone } = await this.log.query<{ key: string }>(
      `select key from log.key_ordered where state = 'destroyed' and key = any ($1)`,
      [refs.map(({ ref }) => ref.key)],
    );
    const destroyed = new Set(gone.map(({ key }) => key));
    for (const { position, tenant, ref } of refs) {
      this.sealed += 1;
      this.#named.add(ref.id);
      if (!this.keys.has(ref.key)) this.keys.set(ref.key, { tenant, position });
      const row = there.get(ref.id);
      if (!row && !destroyed.has(ref.key)) this.shown.push({ position, what: 'sealed-missing', id: ref.id });
      if (row && !isAsNamed(row, ref, tenant)) this.shown.push({ position, what: 'sealed-changed', id: ref.id });
    }
  }

  /** Bytes that no record names. Those of an append that is under way may be there a moment before its record is seen, so they are looked at twice. */
  async end(): Promise<void> {
    const { rows } = await this.log.query<{ id: string }>('select id from log.sealed');
    const strange = rows.filter(({ id }) => !this.#named.has(id)).map(({ id }) => id);
    if (strange.length === 0) return;
    const { rows: named } = await this.log.query<{ id: string }>(
      `select ref->>'id' as id from log.event e, json_array_elements(e.record->'sealed') ref where e.position > $1`,
      [this.head],
    );
    const later = new Set(named.map(({ id }) => id));
    for (const id of strange) if (!later.has(id)) this.shown.push({ position: null, what: 'sealed-strange', id });
  }
}

const parsed = (text: string): RecordV1 | undefined => {
  try {
    return JSON.parse(text) as RecordV1;
  } catch {
    return undefined;
  }
};

const sameColumns = (row: Row, { stream, version, id, type, sv, tenant }: RecordV1): boolean =>
  row.stream === stream && row.version === version && row.event_id === id && row.type === type && row.sv === sv && row.tenant === tenant;

const isAsNamed = ({ tenant, h, blob, key }: SealedRow, ref: SealedRef, named: string): boolean => {
  const hash = createHash('sha256').update(blob).digest();
  return tenant === named && hash.equals(h) && hash.toString('base64url') === ref.h && (key === null || key === ref.key);
};

/** What the notary's copy says against a log, and against itself. */
class Witness {
  compared = 0;

  constructor(
    private readonly copy: pg.Client,
    private readonly origin: string,
    private readonly shown: Shown[],
  ) {}

  async compare(rows: readonly Row[], after: number): Promise<void> {
    const last = Number(rows.at(-1)!.position);
    const { rows: copies } = await this.copy.query<CopyRow>(
      'select position, leaf, recorded_at, record from heard_record where origin = $1 and position > $2 and position <= $3',
      [this.origin, after, last],
    );
    const ours = new Map(rows.map((row) => [row.position, row]));
    for (const { position, leaf, recorded_at: at, record } of copies) {
      const row = ours.get(position);
      if (!row) continue; // said already: the position is missing
      this.compared += 1;
      const own = leafOf(record);
      if (!own.equals(leaf)) this.shown.push({ position: Number(position), what: 'notary-copy-changed' });
      else if (!own.equals(leafOf(row.text)) || at.getTime() !== row.recorded_at.getTime())
        this.shown.push({ position: Number(position), what: 'notary-has-another' });
    }
  }

  /** What the notary holds and the log does not, and what was told to him and never came. */
  async end(log: pg.Client, head: number, toldUpTo: number, patienceMs: number): Promise<void> {
    const { rows: beyond } = await this.copy.query<{ position: string }>(
      'select position from heard_record where origin = $1 and position > $2 order by position',
      [this.origin, head],
    );
    // What was appended while we read is there by now; what was cut off is not.
    const { rows: there } = await log.query<{ position: string }>('select position from log.event where position = any ($1)', [
      beyond.map(({ position }) => position),
    ]);
    const come = new Set(there.map(({ position }) => position));
    const cut = beyond.find(({ position }) => !come.has(position));
    if (cut) this.shown.push({ position: Number(cut.position), what: 'notary-has-more' });
    if (toldUpTo > head + beyond.length) this.shown.push({ position: toldUpTo, what: 'told-past-the-end' });
    const lacking = async (): Promise<number | undefined> => {
      const { rows } = await this.copy.query<{ position: string }>(
        `select n as position from generate_series(0, $2::bigint) n
         where not exists (select from heard_record r where r.origin = $1 and r.position = n) order by n limit 1`,
        [this.origin, Math.min(head, toldUpTo)],
      );
      return rows[0] && Number(rows[0].position);
    };
    for (const until = performance.now() + patienceMs; ;) {
      const first = await lacking();
      if (first === undefined) return;
      if (performance.now() > until) return void this.shown.push({ position: first, what: 'notary-never-heard' });
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
