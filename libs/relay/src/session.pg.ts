import pg from 'pg';
import { atMost } from './pausing.js';

/**
 * One connection that several pieces of work use in turn. A session lock lives and dies with it, so unlike a pool it never connects again: when
 * it is lost, it is lost for good, and whoever had it starts over.
 */
export class Session {
  #last: Promise<unknown> = Promise.resolve();
  /** Resolves when the connection is no more, for whatever reason. */
  readonly lost: Promise<void>;

  private constructor(private readonly client: pg.Client) {
    this.lost = new Promise((resolve) => {
      client.on('error', () => resolve());
      client.once('end', () => resolve());
    });
  }

  static async open(url: string, name: string): Promise<Session> {
    const client = new pg.Client({
      connectionString: url,
      application_name: name,
      options: '-c timezone=UTC -c jit=off',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: 20_000, // a server that has vanished without a word counts as a broken connection
    });
    const session = new Session(client);
    await client.connect();
    return session;
  }

  /** After the queries asked before, whatever became of them. */
  query<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<pg.QueryResult<Row>> {
    const result = this.#last.then(() => this.client.query<Row>(sql, [...values]));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Hears what is notified on the channel. */
  async listen(channel: string, hear: (payload: string) => void): Promise<void> {
    this.client.on('notification', (notification) => {
      if (notification.channel === channel) hear(notification.payload ?? '');
    });
    await this.query(`listen ${channel}`);
  }

  /** Ends the connection, politely where that is possible at once: the other side may have vanished without a word. */
  async close(): Promise<void> {
    await atMost(1_000, this.client.end());
    (this.client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}
