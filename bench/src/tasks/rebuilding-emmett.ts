import type { ReadEvent } from '@event-driven-io/emmett';
import { pongoSingleStreamProjection, rebuildPostgreSQLProjections } from '@event-driven-io/emmett-postgresql';
import type { Task } from '../tasks.js';
import type { Rebuilt } from './rebuilding.js';
import type { Summed } from './replaying.js';

export type RebuildingEmmettOptions = {
  readonly url: string;
  readonly batch: number;
  /** How long it is watched, from the first event it folds. */
  readonly seconds: number;
};
type Contact = { readonly type: 'ContactRecorded'; readonly data: { readonly data: Summed } };
type Sums = { readonly events: number; readonly minor: number };

/** Emmett's own rebuild of a Pongo document per stream, watched for a while: all of it would take minutes. */
export const rebuildingEmmett: Task<RebuildingEmmettOptions, Rebuilt> = async ({ url, batch, seconds }) => {
  let folded = 0;
  let first = NaN;
  const projection = pongoSingleStreamProjection<Sums, Contact>({
    collectionName: 'contact_sums',
    canHandle: ['ContactRecorded'],
    initialState: () => ({ events: 0, minor: 0 }),
    evolve: ({ events, minor }: Sums, { data }: ReadEvent<Contact>) => {
      if (folded++ === 0) first = performance.now();
      return { events: events + 1, minor: minor + data.data.amount.minor };
    },
  });
  return () =>
    new Promise<Rebuilt>((resolve, reject) => {
      const consumer = rebuildPostgreSQLProjections<Contact>({
        connectionString: url,
        pulling: { batchSize: batch },
        projections: [projection],
      });
      const look = setInterval(() => {
        if (performance.now() < first + seconds * 1_000 || Number.isNaN(first)) return;
        clearInterval(look);
        resolve({ perSecond: (folded * 1_000) / (performance.now() - first) });
        setTimeout(() => process.exit(0), 5_000).unref(); // it would finish its batch first, which may take longer than anybody waits
      }, 20);
      consumer.start().then(
        () => {
          if (folded === 0) return reject(new Error('Emmett folded nothing.'));
          clearInterval(look);
          resolve({ perSecond: (folded * 1_000) / (performance.now() - first) });
        },
        (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
      );
    });
};
