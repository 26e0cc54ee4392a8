import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import type { Course } from '../planning.js';
import type { Server } from '../serving.pg.js';
import { together } from '../tasks/timing.js';
import type { Figure } from '../weighing.js';
import { work } from '../working.js';

/** A database with Emmett's tables and nothing in them. */
export const emmettDatabase = async (server: Server): Promise<{ readonly name: string; readonly url: string }> => {
  const database = await server.freshDatabase();
  const store = getPostgreSQLEventStore(database.url);
  await store.schema.migrate();
  await store.close();
  return database;
};

export const emmettAppends = async (
  { server, seconds, warmUp }: Course,
  { calls, processes }: { readonly calls: number; readonly processes: number },
): Promise<Figure> => {
  const { name, url } = await emmettDatabase(server);
  try {
    await server.settle();
    return together(await work('appending-to-emmett', { url, inFlight: calls, seconds, warmUp }, { processes }));
  } finally {
    await server.drop(name);
  }
};
