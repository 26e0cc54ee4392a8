import pg from 'pg';
import { busSchema } from './bus.schema.js';
import { PostgresConsumption } from './postgres.consuming.js';
import { usualPace, type SeatPace } from './seat.pg.js';
import {
  CarrierRefuses,
  heaviestMessage,
  silence,
  weightOf,
  type Log,
  type OutgoingMessage,
  type TopicPlan,
  type Transport,
  type Unheard,
} from './transport.js';

export type PostgresTransportOptions = {
  /** The bus database. A service's log role is enough once `prepareBus` has run. */
  readonly url: string;
  /** The service, as it appears in pg_stat_activity. */
  readonly name: string;
  readonly log?: Log;
  /** How often a quiet group looks for itself; the notification is only a hint. Milliseconds. */
  readonly poll?: number;
  readonly pace?: SeatPace;
  /** How long a limited topic is kept at least. Milliseconds; a week unless said otherwise. */
  readonly keep?: number;
};

/** Whoever is that far behind need not know it more exactly, and counting takes the connection that publishes. */
const countedAtMost = 100_000;

/** Makes the tables of the bus, as its owner. Run it as often as you like. */
export const prepareBus = async (ownerUrl: string): Promise<void> => {
  const owner = new pg.Client({ connectionString: ownerUrl, application_name: 'recourse bus migration' });
  await owner.connect();
  try {
    await owner.query(`select pg_advisory_lock(hashtextextended('recourse.bus.migration', 0))`);
    await owner.query(`begin; ${busSchema} commit;`);
  } finally {
    await owner.end();
  }
};

/** Carries messages through a PostgreSQL database: the bus is one more log. */
export const postgresTransport = (options: PostgresTransportOptions): Transport => {
  const { url, name, log = silence, poll = 1_000, pace = usualPace, keep = 7 * 24 * 3_600_000 } = options;
  // One connection to speak through; it sleeps away when there is nothing to say.
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
    query_timeout: 20_000,
    application_name: `recourse ${name} says`,
  });
  pool.on('error', (error) => log.warn({ error: error.message }, 'The bus closed a quiet connection.'));
  const partitions = new Map<string, number>();
  const consumptions = new Set<PostgresConsumption>();

  const learnTopics = async () => {
    const { rows } = await pool.query<{ topic: string; partitions: number }>('select topic, partitions from bus.topic');
    for (const row of rows) partitions.set(row.topic, row.partitions);
  };
  const partitionOf = async ({ topic, key, partition }: OutgoingMessage) => {
    if (!partitions.has(topic)) await learnTopics();
    const count = partitions.get(topic);
    if (!count) throw new Error(`The topic ${topic} has not been prepared.`);
    if (partition !== undefined && partition >= count) throw new Error(`The topic ${topic} has no partition ${partition}.`);
    return partition ?? laneOf(key, count);
  };
  /** A hint sent after the commit: inside it, it would take a lock that all of PostgreSQL waits for. */
  const hint = (topics: Iterable<string>) => pool.query(`select pg_notify('bus', $1)`, [[...topics].join()]);

  return {
    name: 'postgres',

    async prepare(plans: readonly TopicPlan[]) {
      const { rows } = await pool.query<{ there: boolean; may: boolean }>(
        `select to_regclass('bus.seat') is not null as there, has_database_privilege(current_database(), 'create') as may`,
      );
      if (!rows[0]!.there && !rows[0]!.may) throw new Error('The bus has no tables yet: run prepareBus with the address of its owner.');
      if (rows[0]!.may) await prepareBus(url);
      await pool.query('select bus.prepare($1, $2, $3)', [
        plans.map((plan) => plan.topic),
        plans.map((plan) => plan.partitions),
        plans.map((plan) => plan.retention),
      ]);
      await learnTopics();
    },

    async publish(messages) {
      if (messages.length === 0) return;
      if (messages.some((message) => weightOf(message) > heaviestMessage)) throw new CarrierRefuses('too-large');
      await pool.query('select bus.publish($1, $2, $3, $4, $5)', [
        messages.map((message) => message.topic),
        await Promise.all(messages.map(partitionOf)),
        messages.map((message) => message.key),
        messages.map((message) => JSON.stringify(message.headers)),
        messages.map((message) => message.value),
      ]);
      await hint(new Set(messages.map((message) => message.topic)));
    },

    async beat(messages) {
      if (messages.length === 0) return;
      await Promise.all(messages.map(partitionOf));
      await pool.query(
        `insert into bus.beat (topic, number, after, key, headers, value)
         select said.topic, 1, (select position from bus.head), said.key, said.headers::json, said.value
         from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as said(topic, key, headers, value)
         on conflict (topic) do update
         set number = bus.beat.number + 1, after = excluded.after, key = excluded.key, headers = excluded.headers, value = excluded.value`,
        [
          messages.map((message) => message.topic),
          messages.map((message) => message.key),
          messages.map(({ topic, headers }) => JSON.stringify({ ...headers, ce_partitions: String(partitions.get(topic)) })),
          messages.map((message) => message.value),
        ],
      );
    },

    async consume(group, topics, hear) {
      const consumption = new PostgresConsumption({ url, name, group, topics, hear, log, poll, pace, keep });
      consumptions.add(consumption);
      return {
        stop: async () => {
          consumptions.delete(consumption);
          await consumption.stop();
        },
      };
    },

    async unheard() {
      const groups = [...consumptions].flatMap(({ group, topics }) => topics.map((topic) => ({ group, topic })));
      const { rows } = await pool.query<Omit<Unheard, 'messages'> & { messages: string }>(
        `select c."group", c.topic, c.partition,
           (select count(*) from (
             select from bus.message m where m.topic = c.topic and m.partition = c.partition and m.position > c.position limit ${countedAtMost}
           ) ahead) as messages
         from bus.cursor c join unnest($1::text[], $2::text[]) as mine("group", topic) using ("group", topic) order by 1, 2, 3`,
        [groups.map(({ group }) => group), groups.map(({ topic }) => topic)],
      );
      return rows.map((row) => ({ ...row, messages: Number(row.messages) }));
    },

    async ready() {
      try {
        const { rows } = await pool.query<{ there: boolean }>(`select to_regclass('bus.seat') is not null as there`);
        return rows[0]!.there;
      } catch {
        return false;
      }
    },

    async close() {
      await Promise.all([...consumptions].map((consumption) => consumption.stop()));
      await pool.end();
    },
  };
};

/** FNV-1a: any stable hash will do, as long as it is the same in every process for ever. */
const laneOf = (key: string, lanes: number): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % lanes;
};
