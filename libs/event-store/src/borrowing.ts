import type pg from 'pg';

/** Lends a connection of a pool and takes it back, whatever happens; one that broke on the way does not come back. */
export const borrow = async <Result>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> => {
  const client = await pool.connect();
  // A pool answers for its idle connections only. One that breaks in our hands says so twice: to the query, and as an event nobody may miss.
  let broken: Error | undefined;
  const lost = (error: Error) => (broken = error);
  client.on('error', lost);
  try {
    return await work(client);
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.off('error', lost);
    client.release(broken);
  }
};
