import pg from 'pg';
import type { Carried } from './delivering.js';
import type { Row } from './reviewing.js';

const page = 5_000;

type LogRow = { position: string; stream: string; version: number; id: string; type: string; leaf: Buffer; text: string };

/** The rows of a log in the order of their positions, page by page, as the owner of the database. */
export async function* rowsOf(url: string): AsyncGenerator<Row> {
  yield* paged<LogRow, Row>(
    url,
    `select position, stream, version, event_id as id, type, leaf, record::text as text from log.event where position > $1 order by position limit ${page}`,
    (row) => ({ ...row, position: Number(row.position) }),
    ({ position }) => position,
  );
}

/** An event as it stands in its stream, without what every record has. */
export type Kept = { readonly type: string; readonly data: Readonly<Record<string, unknown>> };

/** What stands in a log, by stream. */
export const streamsIn = async (url: string): Promise<ReadonlyMap<string, readonly Kept[]>> => {
  const streams = new Map<string, Kept[]>();
  for await (const { stream, type, text } of rowsOf(url)) {
    const { data } = JSON.parse(text) as Pick<Kept, 'data'>;
    streams.set(stream, [...(streams.get(stream) ?? []), { type, data }]);
  }
  return streams;
};

/** The rows of one question, as the owner of the database. */
export const askedOf = async <Row extends object>(url: string, sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
};

export type Effect = { readonly number: number; readonly position: number; readonly stream: string; readonly version: number };

/** What a follower has done, in the order of doing it. */
export async function* effectsOf(url: string, follower: string): AsyncGenerator<Effect> {
  yield* paged<{ number: string; position: string; stream: string; version: number }, Effect>(
    url,
    `select number, position, stream, stream_version as version from faults.effect
     where number > $1 and follower = '${follower.replaceAll("'", "''")}' order by number limit ${page}`,
    (row) => ({ ...row, number: Number(row.number), position: Number(row.position) }),
    ({ number }) => number,
  );
}

/** A topic as it lies on the embedded bus, partition by partition in its order. */
export const topicOnBus = async (url: string, topic: string): Promise<Carried[]> => {
  const carried: Carried[] = [];
  const rows = paged<{ position: string; partition: number; key: string; id: string }, Carried & { position: number }>(
    url,
    `select position, partition, key, headers->>'ce_id' as id from bus.message
     where position > $1 and topic = '${topic.replaceAll("'", "''")}' order by position limit ${page}`,
    (row) => ({ ...row, position: Number(row.position) }),
    ({ position }) => position,
  );
  for await (const message of rows) if (message.key !== 'heartbeat') carried.push(message);
  return carried;
};

async function* paged<Raw extends object, Out>(
  url: string,
  sql: string,
  shape: (raw: Raw) => Out,
  numberOf: (row: Out) => number,
): AsyncGenerator<Out> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let after = -1; ;) {
      const { rows } = await client.query<Raw>(sql, [after]);
      for (const raw of rows) {
        const row = shape(raw);
        after = numberOf(row);
        yield row;
      }
      if (rows.length < page) return;
    }
  } finally {
    await client.end();
  }
}
