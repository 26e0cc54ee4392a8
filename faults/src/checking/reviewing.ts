import { createHash } from 'node:crypto';
import type { Findings } from './finding.js';

/** A row of the log as it is stored, columns beside the exact text of the record. */
export type Row = {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly id: string;
  readonly type: string;
  readonly leaf: Buffer;
  readonly text: string;
};

/** What the other checks need of a row. */
export type Entry = Pick<Row, 'position' | 'stream' | 'version' | 'id' | 'type'> & { readonly data: Readonly<Record<string, unknown>> };

type Parsed = { stream: string; version: number; id: string; type: string; prev: string; data: Record<string, unknown> };

/**
 * Goes through a log from its first row: positions 0 to N, the versions of each stream from 0, `prev` of each record the leaf before it, every
 * leaf computed anew from the text, every text in canonical form. Written from the description of the record, not from the code under test.
 */
export class Reviewing {
  #position = -1;
  #heads = new Map<string, { version: number; leaf: string }>();

  constructor(
    private readonly where: string,
    private readonly findings: Findings,
  ) {}

  get head(): number {
    return this.#position;
  }
  get streams(): number {
    return this.#heads.size;
  }

  review(row: Row): Entry {
    const at = `${this.where}:${row.position}`;
    if (row.position > this.#position + 1) this.findings.add('gaps', `${at} after ${this.#position}`);
    else if (row.position <= this.#position) this.findings.add('doubled', `${at} stands twice`);
    this.#position = row.position;

    const record = JSON.parse(row.text) as Parsed;
    const head = this.#heads.get(row.stream);
    const follows = (head?.version ?? -1) + 1;
    if (row.version !== follows)
      this.findings.add(row.version > follows ? 'gaps' : 'doubled', `${at} ${row.stream} v${row.version}, not v${follows}`);
    const columns = record.stream === row.stream && record.version === row.version && record.id === row.id && record.type === row.type;
    if (!columns) this.findings.add('broken', `${at} columns and record differ`);
    if (record.prev !== (head?.leaf ?? nothingBefore)) this.findings.add('broken', `${at} prev`);
    if (sorted(record) !== row.text) this.findings.add('broken', `${at} is not canonical`);
    if (!leafOf(row.text).equals(row.leaf)) this.findings.add('broken', `${at} leaf`);
    this.#heads.set(row.stream, { version: row.version, leaf: row.leaf.toString('base64url') });
    return { position: row.position, stream: row.stream, version: row.version, id: row.id, type: row.type, data: record.data };
  }
}

const nothingBefore = Buffer.alloc(32).toString('base64url');

/** SHA-256(0x00 || text). */
export const leafOf = (text: string): Buffer =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.from([0]), Buffer.from(text, 'utf8')]))
    .digest();

/** RFC 8785 for what a record may hold: members in the order of their UTF-16 code units, no white space. */
export const sorted = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${sorted(member)}`).join(',')}}`;
};
