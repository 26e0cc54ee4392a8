import { PostgresEventStore } from '@recourse/event-store';
import type { Task } from '../tasks.js';
import { requestOf } from '../recording.js';
import { inFlight, type Rate, type Span } from './timing.js';

export type AppendingOptions = Span & {
  readonly logUrl: string;
  readonly inFlight: number;
  /** With request key, answer and one sealed group. */
  readonly full: boolean;
};

/** Appends through the public door: each a first event of a new stream. */
export const appending: Task<AppendingOptions, Rate> = async ({ logUrl, inFlight: calls, full, ...span }) => {
  const store = await PostgresEventStore.open({ service: 'bench', logUrl });
  return async () => {
    const rate = await inFlight(calls, span, async () => {
      const { kind } = await store.append(requestOf(full));
      if (kind !== 'appended') throw new Error(`An append to a new stream was ${kind}.`);
    });
    await store.close();
    return rate;
  };
};
