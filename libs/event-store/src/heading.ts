import type pg from 'pg';
import type { Expected, Write } from './append.js';
import { noLeaf } from './stamping.js';

type Head = { readonly version: number; readonly leaf: Buffer };
/** Where the next event stands, or which version the stream has instead of the expected one. */
export type Following = { readonly version: number; readonly prev: Buffer } | { readonly conflict: number };

/** So many of the young ones, and as many of those that were young before them. */
const kept = 10_000;

/**
 * Leaves of streams' last events, as last seen. A version's leaf never changes, so an old head is at worst no longer the last one, and then SQL
 * says so: nothing here is trusted for more than stamping.
 */
export class Heads {
  // Two generations instead of one ordered map: finding the oldest entry of a map whose first entries were deleted takes long.
  #young = new Map<string, Head>();
  #old = new Map<string, Head>();

  remember(stream: string, version: number, leaf: Buffer): void {
    if (this.#young.size >= kept) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(stream, { version, leaf });
  }

  forget(stream: string): void {
    this.#young.delete(stream);
    this.#old.delete(stream);
  }

  #headOf(stream: string): Head | undefined {
    return this.#young.get(stream) ?? this.#old.get(stream);
  }

  /** Reads, in one query, the heads that these writes need and that are not known. */
  async fetch(client: Pick<pg.Client, 'query'>, writes: readonly Write[]): Promise<void> {
    const unknown = writes.filter(({ stream, expected }) => this.#mustBeRead(stream, expected)).map(({ stream }) => stream);
    if (unknown.length === 0) return;
    const { rows } = await client.query<Head & { stream: string }>({
      name: 'heads',
      text: `select q.stream, h.version, h.leaf from unnest($1::text[]) as q(stream)
             join lateral (select e.version, e.leaf from log.event e where e.stream = q.stream order by e.version desc limit 1) h on true`,
      values: [unknown],
    });
    for (const { stream, version, leaf } of rows) this.remember(stream, version, leaf);
  }

  follow(stream: string, expected: Expected): Following {
    if (expected === 'must-not-exist') return { version: 0, prev: noLeaf };
    const head = this.#headOf(stream);
    if (typeof expected === 'number') return head?.version === expected ? after(head) : { conflict: head?.version ?? -1 };
    if (head) return after(head);
    return expected === 'none' ? { version: 0, prev: noLeaf } : { conflict: -1 };
  }

  #mustBeRead(stream: string, expected: Expected): boolean {
    if (expected === 'must-not-exist') return false;
    const head = this.#headOf(stream);
    return typeof expected === 'number' ? head?.version !== expected : !head; // who is told of a conflict is told the true version
  }
}

const after = ({ version, leaf }: Head): Following => ({ version: version + 1, prev: leaf });
