import type { Recorded, SealedRef } from '@recourse/event-store';

/**
 * A sealed group as it travels: the reference and the bytes (base64url), the same id, bytes and `h` in every log that keeps it. On
 * recourse.records.v1 only `id`, `h` and `blob` are told: group and key stand in the record.
 */
export type SealedEntry = SealedRef & {
  /** Empty when the group has been erased. */
  readonly blob: string;
};

/** A message of one service to its neighbours, as a consumer sees it (CloudEvents 1.0 attributes under plain names). */
export type Message<Type extends string = string, Data = Readonly<Record<string, unknown>>> = {
  /** event id + type + message version: the same each time it is told. */
  readonly id: string;
  readonly type: Type;
  readonly version: number;
  /** The service that says it. */
  readonly source: string;
  readonly topic: string;
  readonly key: string;
  readonly tenant: string;
  /** `at` of the event. */
  readonly time: string;
  readonly corr: string;
  /** Id of the event told. */
  readonly cause: string;
  readonly stream: string;
  readonly streamVersion: number;
  /** Only on recourse.records.v1: the record's position in the log of its origin. */
  readonly position?: number;
  readonly data: Data;
  readonly sealed: readonly SealedEntry[];
  readonly traceparent?: string;
};

/** What announcing.ts returns: which message, on which topic, under which key. Identity, time and blobs are added by the relay. */
export type Announcement = {
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly version?: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** Which sealed groups of the log the hearer needs. */
  readonly sealed?: readonly SealedRef[];
};

/** The event and the aggregate's history at that version (its public state) become what the neighbours hear. Pure. */
export type Announce = (event: Recorded, history: unknown) => readonly Announcement[];
