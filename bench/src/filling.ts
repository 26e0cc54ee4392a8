import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import { PostgresEventStore } from '@recourse/event-store';
import pg from 'pg';
import { requestOfMany, requestOfOneEach, sampleRecord } from './recording.js';

/** So many streams of so many events each. */
export type Load = { readonly streams: readonly string[]; readonly events: number };
/** Hears now and then how many events are in. */
export type Progress = (done: number, of: number) => void;

/** Events of one request: large enough to be quick, small enough for a batch. */
const portion = 400;

/** Fills one of our logs through the public door. */
export const fill = async (logUrl: string, { streams, events }: Load, progress: Progress = () => undefined): Promise<void> => {
  const store = await PostgresEventStore.open({ service: 'bench', logUrl });
  let done = 0;
  try {
    await inPortions(streams, Math.max(1, Math.floor(4_000 / Math.min(events, portion))), async (stream) => {
      for (let version = 0; version < events; version += portion) {
        const count = Math.min(portion, events - version);
        const { kind } = await store.append(requestOfMany(stream, version === 0 ? 'must-not-exist' : version - 1, count));
        if (kind !== 'appended') throw new Error(`An append while filling was ${kind}.`);
        progress((done += count), streams.length * events);
      }
    });
  } finally {
    await store.close();
  }
};

/** Streams that grow side by side, as matters do: a thousand at a time, each by one event in turn. */
export const fillInterleaved = async (logUrl: string, { streams, events }: Load): Promise<void> => {
  const store = await PostgresEventStore.open({ service: 'bench', logUrl });
  const write = async (some: readonly string[], version: number) => {
    const { kind } = await store.append(requestOfOneEach(some, version === 0 ? 'must-not-exist' : version - 1));
    if (kind !== 'appended') throw new Error(`An append while filling was ${kind}.`);
  };
  try {
    for (const open of portions(streams, sideBySide))
      for (let version = 0; version < events; version++) await Promise.all(portions(open, 100).map((some) => write(some, version)));
  } finally {
    await store.close();
  }
};
const sideBySide = 1_000;
const portions = <One>(all: readonly One[], size: number): One[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));

/** Fills a database of Emmett's through its own door. */
export const fillEmmett = async (url: string, { streams, events }: Load, progress: Progress = () => undefined): Promise<void> => {
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  const store = getPostgreSQLEventStore(url, { schema: { autoMigration: 'None' }, connectionOptions: { pooled: true, pool } });
  const data = JSON.parse(sampleRecord().record) as Record<string, unknown>;
  let done = 0;
  try {
    await inPortions(streams, 8, async (stream) => {
      for (let version = 0; version < events; version += portion) {
        const count = Math.min(portion, events - version);
        await store.appendToStream(
          stream,
          Array.from({ length: count }, () => ({ type: 'ContactRecorded', data })),
        );
        progress((done += count), streams.length * events);
      }
    });
  } finally {
    await store.close();
    await pool.end();
  }
};

const inPortions = async (streams: readonly string[], atOnce: number, work: (stream: string) => Promise<void>): Promise<void> => {
  const left = [...streams].reverse();
  const worker = async () => {
    for (let stream = left.pop(); stream !== undefined; stream = left.pop()) await work(stream);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};
