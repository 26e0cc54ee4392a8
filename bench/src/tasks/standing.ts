import { setTimeout as pause } from 'node:timers/promises';
import { PostgresEventStore, Snapshots, type Histories, type Recorded } from '@recourse/event-store';
import { requestOfMany } from '../recording.js';
import type { Task } from '../tasks.js';
import { inFlight, type Rate, type Span } from './timing.js';
import { nothing, sum, type Summed, type Sums } from './replaying.js';

export type StandingOptions = Span & { readonly logUrl: string; readonly streams: readonly string[]; readonly events: number };

const histories: Histories = { case: (sums: Sums = nothing, { data }: Recorded) => sum(sums, data as unknown as Summed) };
/** `compareOneOf`: the comparison with the whole, which one in 64 uses makes, is not what is measured here. */
const options = { fold: 'bench', compareOneOf: Number.MAX_SAFE_INTEGER };
const tenant = 'quanpay';

/** Loads streams by those who remember nothing of them, so that each time a snapshot and the records after it are read. */
export const standing: Task<StandingOptions, Rate> = async ({ logUrl, streams, events, ...span }) => {
  const store = await PostgresEventStore.open({ service: 'bench', logUrl });
  const load = (stream: string) => new Snapshots(store, histories, options).stand<Sums>(store.pool, tenant, stream);
  let turn = 0;
  return async () => {
    const rate = await inFlight(1, span, async () => {
      const stood = await load(streams[turn++ % streams.length]!);
      if (stood?.state.events !== events) throw new Error(`A stream of ${events} events stands at ${stood?.state.events ?? 'nothing'}.`);
    });
    await store.close();
    return rate;
  };
};

/** Lets each stream have its snapshot, and lets it grow by so many events since. */
export const keepSnapshots = async (logUrl: string, streams: readonly string[], length: number, since: number): Promise<void> => {
  const store = await PostgresEventStore.open({ service: 'bench', logUrl });
  try {
    for (const stream of streams) {
      for (let tries = 0; !(await isKept(store, stream)); tries++) {
        if (tries === 50) throw new Error(`No snapshot of ${stream} is kept.`);
        await new Snapshots(store, histories, options).stand(store.pool, tenant, stream);
        await pause(20);
      }
      const { kind } = await store.append(requestOfMany(stream, length - 1, since));
      if (kind !== 'appended') throw new Error(`An append was ${kind}.`);
    }
  } finally {
    await store.close();
  }
};

const isKept = async ({ pool }: PostgresEventStore, stream: string): Promise<boolean> => {
  const { rowCount } = await pool.query('select from log.snapshot where stream = $1', [stream]);
  return rowCount === 1;
};
