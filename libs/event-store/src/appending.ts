import pg from 'pg';
import type { Answer, AppendRequest, RequestKey } from './append.js';
import { appendParameters, verdicts, type Verdict } from './append-function.js';
import { packedBytes, packedFlags, packedIntegers, packedTexts, packedUuids } from './packing.js';
import type { SealedBlob } from './record.js';
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

/** One refused request, as log.append says it; `leaf` in hex. */
type Refused = {
  readonly request: number;
  readonly verdict: number;
  readonly stream?: string | null;
  readonly version?: number | null;
  readonly leaf?: string | null;
  readonly status?: number | null;
  readonly location?: string | null;
};
type Said = { readonly said: { readonly position: number; readonly refused: readonly Refused[] | null } };

const statement = `select log.append(${appendParameters.map(([, type], index) => `$${index + 1}::${type}`).join(', ')}) as said`;

/**
 * The one statement that writes: a batch goes in, a judgement for each request comes out, in their order. Any error means that nothing was written.
 * `checked` costs a look at every new stream and is never disappointed; without it a stream that was not new costs the batch a second time.
 */
export const appendBatch = async (client: Pick<pg.Client, 'query'>, batch: readonly Prepared[], checked = false): Promise<Judged[]> => {
  try {
    const { rows } = await client.query<Said>({ name: 'append', text: statement, values: columnsOf(batch, checked) });
    const { position: last, refused } = rows[0]!.said;
    let position = last;
    const judged = new Map(refused?.map((one) => [one.request, one]));
    return batch.map(({ stamped }, index) => {
      const one = judged.get(index + 1);
      return one ? judgement(one) : { verdict: 'appended', positions: stamped.map(() => ++position) };
    });
  } catch (error) {
    if (!checked && (error as { constraint?: unknown }).constraint === 'event_stream_version_key') return appendBatch(client, batch, true);
    throw error;
  }
};

const judgement = (row: Refused): Judged => {
  const verdict: Verdict = verdicts[row.verdict]!;
  switch (verdict) {
    case 'replayed':
      return {
        verdict,
        ...(typeof row.status === 'number' && { status: row.status }),
        ...(typeof row.location === 'string' && { location: row.location }),
        ...(typeof row.stream === 'string' && { stream: row.stream }),
        ...(typeof row.version === 'number' && { version: row.version }),
      };
    case 'conflict':
      return { verdict, stream: row.stream!, version: row.version!, ...(row.leaf && { leaf: Buffer.from(row.leaf, 'hex') }) };
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

/** In the order of `appendParameters`. Columns are filled side by side: an object for each row would cost more than the row. */
const columnsOf = (batch: readonly Prepared[], checked: boolean): unknown[] => {
  const keys: RequestKey[] = [];
  const answers: (Partial<Answer> | undefined)[] = [];
  const events: Stamped[] = [];
  const follows: boolean[] = [];
  const blobs: SealedBlob[] = [];
  const blobKeys: (string | null)[] = [];
  const [keyRequests, eventRequests, blobRequests]: [number[], number[], number[]] = [[], [], []];
  for (let index = 0; index < batch.length; index++) {
    const { request, stamped } = batch[index]!;
    if (request.key) {
      keys.push(request.key);
      answers.push(request.answer && { ...request.answer, version: request.answer.version ?? reached(request, stamped)! });
      keyRequests.push(index + 1);
    }
    for (let at = 0; at < stamped.length; at++) {
      events.push(stamped[at]!);
      follows.push(at > 0 && stamped[at - 1]!.stream === stamped[at]!.stream);
      eventRequests.push(index + 1);
    }
    if (request.blobs?.length) {
      const refs = new Map(
        request.writes.flatMap(({ events }) => events.flatMap(({ sealed = [] }) => sealed.map(({ id, key }) => [id, key]))),
      );
      for (const blob of request.blobs) {
        blobs.push(blob);
        blobKeys.push(refs.get(blob.id) ?? null);
        blobRequests.push(index + 1);
      }
    }
  }
  const tenantOf = (request: number) => batch[request - 1]!.request.tenant;
  return [
    batch.length,
    checked,
    packedIntegers(keyRequests),
    packedTexts(keys.map(({ key }) => key)),
    packedTexts(keys.map(({ fingerprint }) => fingerprint)),
    packedTexts(keys.map(({ kind }) => kind)),
    packedIntegers(answers.map((answer) => answer?.status ?? null)),
    packedTexts(answers.map((answer) => answer?.location ?? null)),
    packedTexts(answers.map((answer) => answer?.stream ?? null)),
    packedIntegers(answers.map((answer) => answer?.version ?? null)),
    packedIntegers(eventRequests),
    packedFlags(follows),
    packedTexts(eventRequests.map(tenantOf)),
    packedTexts(events.map(({ stream }) => stream)),
    packedIntegers(events.map(({ version }) => version)),
    packedBytes(events.map(({ prev }) => prev)),
    packedUuids(events.map(({ id }) => id)),
    packedTexts(events.map(({ type }) => type)),
    packedIntegers(events.map(({ sv }) => sv)),
    packedTexts(events.map(({ record }) => record)),
    packedBytes(events.map(({ leaf }) => leaf)),
    packedIntegers(blobRequests),
    packedTexts(blobRequests.map(tenantOf)),
    packedUuids(blobs.map(({ id }) => id)),
    packedBytes(blobs.map(({ h }) => Buffer.from(h, 'base64url'))),
    packedBytes(blobs.map(({ blob }) => blob)),
    packedTexts(blobKeys),
  ];
};

const reached = (request: AppendRequest, stamped: readonly Stamped[]): number | undefined =>
  stamped.findLast(({ stream }) => stream === request.writes[0]?.stream)?.version;
