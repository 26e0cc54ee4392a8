import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import type { Task } from '../tasks.js';
import { sampleRecord, streamName } from '../recording.js';
import { inFlight, type Rate, type Span } from './timing.js';

export type EmmettOptions = Span & { readonly url: string; readonly inFlight: number };

/** The same to Emmett: its own door, the same payload, a pool as large as what is in flight. */
export const appendingToEmmett: Task<EmmettOptions, Rate> = async ({ url, inFlight: calls, ...span }) => {
  const pool = new pg.Pool({ connectionString: url, max: calls });
  const store = getPostgreSQLEventStore(url, { schema: { autoMigration: 'None' }, connectionOptions: { pooled: true, pool } });
  const data = JSON.parse(sampleRecord().record) as Record<string, unknown>;
  return async () => {
    const rate = await inFlight(calls, span, () =>
      store.appendToStream(streamName(), [{ type: 'ContactRecorded', data }], { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' }),
    );
    await store.close();
    await pool.end();
    return rate;
  };
};
