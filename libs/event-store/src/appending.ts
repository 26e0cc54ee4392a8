import pg from 'pg';
import type { AppendRequest } from './append.js';
import { verdicts, type Verdict } from './append-function.js';
import type { Stamped } from './stamping.js';

/** A request with its events in their final form. */
export type Prepared = { readonly request: AppendRequest; readonly stamped: readonly Stamped[] };

/** What became of one request. */
export type Judged =
  | { readonly verdict: 'appended'; readonly positions: readonly number[] }
  | {
      readonly verdict: 'replayed';
      readonly status?: number;
      readonly location?: string;
      readonly stream?: string;
      readonly version?: number;
    }
  | { readonly verdict: 'conflict'; readonly stream: string; readonly version: number; readonly leaf?: Buffer }
  | { readonly verdict: 'foreign' | 'chain-broken'; readonly stream: string }
  | { readonly verdict: 'key-reused' | 'seal-clash' };

type JudgedRow = {
  request: number;
  verdict: number;
  position: string | null;
  stream: string | null;
  version: number | null;
  leaf: Buffer | null;
  status: number | null;
  location: string | null;
};

const types = [
  ...['text[]', 'text[]', 'text[]', 'integer[]', 'text[]', 'text[]', 'integer[]'],
  ...['integer[]', 'text[]', 'text[]', 'integer[]', 'bytea[]', 'uuid[]', 'text[]', 'integer[]', 'text[]', 'bytea[]'],
  ...['integer[]', 'text[]', 'uuid[]', 'bytea[]', 'bytea[]'],
];
const statement = `select * from log.append(${types.map((type, index) => `$${index + 1}::${type}`).join(', ')})`;

/** The one statement that writes: a batch goes in, a judgement for each request comes out, in their order. Any error means that nothing was written. */
export const appendBatch = async (client: Pick<pg.Client, 'query'>, batch: readonly Prepared[]): Promise<Judged[]> => {
  const { rows } = await client.query<JudgedRow>({ name: 'append', text: statement, values: columnsOf(batch) });
  const judged = new Map(rows.map((row) => [row.request, row]));
  let position = Number(judged.get(0)!.position);
  return batch.map(({ stamped }, index) => {
    const row = judged.get(index + 1);
    return row ? judgement(row) : { verdict: 'appended', positions: stamped.map(() => ++position) };
  });
};

const judgement = (row: JudgedRow): Judged => {
  const verdict: Verdict = verdicts[row.verdict]!;
  switch (verdict) {
    case 'replayed':
      return {
        verdict,
        ...(row.status !== null && { status: row.status }),
        ...(row.location !== null && { location: row.location }),
        ...(row.stream !== null && { stream: row.stream }),
        ...(row.version !== null && { version: row.version }),
      };
    case 'conflict':
      return { verdict, stream: row.stream!, version: row.version!, ...(row.leaf && { leaf: row.leaf }) };
    case 'foreign':
    case 'chain-broken':
      return { verdict, stream: row.stream! };
    case 'key-reused':
    case 'seal-clash':
      return { verdict };
    case 'appended':
      throw new Error('log.append answers for requests that it did not write only.');
  }
};

const columnsOf = (batch: readonly Prepared[]): unknown[][] => {
  const keys = batch.map(({ request }) => request.key);
  const answers = batch.map(({ request, stamped }) =>
    request.answer ? { ...request.answer, version: request.answer.version ?? reached(request, stamped) } : undefined,
  );
  const events = batch.flatMap(({ request, stamped }, index) =>
    stamped.map((event) => ({ ...event, tenant: request.tenant, request: index + 1 })),
  );
  const blobs = batch.flatMap(({ request }, index) =>
    (request.blobs ?? []).map((blob) => ({ ...blob, tenant: request.tenant, request: index + 1 })),
  );
  return [
    keys.map((key) => key?.key ?? null),
    keys.map((key) => key?.fingerprint ?? null),
    keys.map((key) => key?.kind ?? null),
    answers.map((answer) => answer?.status ?? null),
    answers.map((answer) => answer?.location ?? null),
    answers.map((answer) => answer?.stream ?? null),
    answers.map((answer) => answer?.version ?? null),
    events.map(({ request }) => request),
    events.map(({ tenant }) => tenant),
    events.map(({ stream }) => stream),
    events.map(({ version }) => version),
    events.map(({ prev }) => prev),
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    events.map(({ sv }) => sv),
    events.map(({ record }) => record),
    events.map(({ leaf }) => leaf),
    blobs.map(({ request }) => request),
    blobs.map(({ tenant }) => tenant),
    blobs.map(({ id }) => id),
    blobs.map(({ h }) => Buffer.from(h, 'base64url')),
    blobs.map(({ blob }) => Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)),
  ];
};

const reached = (request: AppendRequest, stamped: readonly Stamped[]): number | undefined =>
  stamped.findLast(({ stream }) => stream === request.writes[0]?.stream)?.version;
