import type { Until } from './reading.js';
import type { By, Instant, NewEvent, Recorded, SealedBlob } from './record.js';

/** What the writer believes of the stream: an exact version (of its last event), or one of three beliefs. `none` believes nothing. */
export type Expected = number | 'none' | 'must-exist' | 'must-not-exist';

export type Write = { readonly stream: string; readonly expected: Expected; readonly events: readonly NewEvent[] };

/** What is remembered under a request key: enough to render the first answer again. No body is stored. */
export type Answer = { readonly status: number; readonly location?: string; readonly stream: string; readonly version: number };

/** HTTP keys live 72 hours, keys of heard messages for ever. `fingerprint` is an HMAC of what was asked (base64url). */
export type RequestKey = { readonly key: string; readonly fingerprint: string; readonly kind: 'http' | 'heard' };

/** One request: writes to one or several streams of this service, all or nothing, with the key that makes it happen once. */
export type AppendRequest = {
  readonly tenant: string;
  readonly at: Instant;
  readonly by: By;
  readonly corr: string;
  readonly cause?: string;
  readonly writes: readonly Write[];
  readonly blobs?: readonly SealedBlob[];
  readonly key?: RequestKey;
  /** Left out of `version`: filled with the version the first written stream reached. */
  readonly answer?: Omit<Answer, 'version'> & { readonly version?: number };
};

export type AppendOutcome =
  | { readonly kind: 'appended'; readonly positions: readonly number[]; readonly versions: Readonly<Record<string, number>> }
  /** The key was used before for the same request: this is the first answer. */
  | { readonly kind: 'replayed'; readonly answer?: Answer }
  /** The key was used before for another request. */
  | { readonly kind: 'key-reused' }
  /** Somebody wrote first: the true version of the first stream that disagreed (-1 when it does not exist). */
  | { readonly kind: 'conflict'; readonly stream: string; readonly version: number };

/** What the rest of the house needs of a store. The one implementation is PostgresEventStore. */
export interface EventStore {
  readonly service: string;
  append(request: AppendRequest): Promise<AppendOutcome>;
  readStream(stream: string, until?: Until): Promise<readonly Recorded[]>;
  /** The same page by page, for who folds a long stream and keeps none of it. */
  readPages(stream: string, until?: Until): AsyncIterable<readonly Recorded[]>;
  /** Records after a position (-1 reads from the start), in order, without gaps. */
  readLog(after: number, limit: number): Promise<readonly Recorded[]>;
  /** The last position, -1 when nothing stands in the log. */
  head(): Promise<number>;
  answered(key: string): Promise<{ readonly fingerprint: string; readonly answer?: Answer } | undefined>;
  blobs(ids: readonly string[]): Promise<ReadonlyMap<string, SealedBlob>>;
  /** The database's clock plus the tenant's sandbox offset: the only source of `at`. */
  now(tenant?: string): Instant;
  /** Resolves true as soon as something may have been appended after `position`, false after `ms` or when the signal aborts. A hint, never the truth. */
  waitFor(position: number, ms: number, signal?: AbortSignal): Promise<boolean>;
}
