import type { RecordV1 } from '@recourse/event-store';

/** One record as the notary keeps it. */
export type Told = {
  readonly origin: string;
  readonly position: number;
  readonly recordedAt: string;
  readonly leaf: string;
  readonly record: RecordV1;
};

/** Across services things happened in the order they were recorded; at the same instant, in the order of logs and positions. */
export const inOrder = (one: Told, other: Told): number =>
  one.recordedAt < other.recordedAt
    ? -1
    : one.recordedAt > other.recordedAt
      ? 1
      : one.origin < other.origin
        ? -1
        : one.origin > other.origin
          ? 1
          : one.position - other.position;
