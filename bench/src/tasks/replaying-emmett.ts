import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import type { Task } from '../tasks.js';
import { inTurn, nothing, sum, type Summed, type Sums } from './replaying.js';
import type { Rate, Span } from './timing.js';

export type ReplayingEmmettOptions = Span & { readonly url: string; readonly streams: readonly string[]; readonly events: number };
type Contact = { readonly type: 'ContactRecorded'; readonly data: { readonly data: Summed } };

/** The same through Emmett's aggregateStream. */
export const replayingEmmett: Task<ReplayingEmmettOptions, Rate> = async ({ url, streams, events, ...span }) => {
  const pool = new pg.Pool({ connectionString: url, max: 3 });
  const store = getPostgreSQLEventStore(url, { schema: { autoMigration: 'None' }, connectionOptions: { pooled: true, pool } });
  const folding = {
    initialState: (): Sums => nothing,
    evolve: (state: Sums, { data }: Contact): Sums => sum(state, data.data),
  };
  return async () => {
    const rate = await inTurn(streams, events, span, async (stream) => (await store.aggregateStream<Sums, Contact>(stream, folding)).state);
    await store.close();
    await pool.end();
    return rate;
  };
};
