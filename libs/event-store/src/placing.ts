import { createHash } from 'node:crypto';
import type { AppendOutcome, AppendRequest } from './append.js';
import type { Judged } from './appending.js';
import { AppendRefused } from './failing.js';
import type { Heads } from './heading.js';
import { mintId } from './minting.js';
import { draft, placed, type Draft, type Stamped } from './stamping.js';
import type { Upcasting } from './upcasting.js';

/** Of each write, its events: written once, so that an event keeps its id and text however often it is given another place. */
export type Drafts = readonly (readonly Draft[])[];

/** Throws for an event that has no canonical form, is too large, or whose type was given up. */
export const draftsOf = (request: AppendRequest, upcasting: Upcasting): Drafts => {
  check(request);
  return request.writes.map(({ stream, events }) =>
    events.map((event) => draft(event, { id: mintId(), stream }, request, upcasting.versionOf(event.type))),
  );
};

/** Gives every event its version and prev behind the heads as they are known, or says which write cannot fit. */
export const place = (
  { writes }: AppendRequest,
  drafts: Drafts,
  heads: Heads,
): { readonly stamped: readonly Stamped[] } | { readonly conflict: { readonly stream: string; readonly version: number } } => {
  const stamped: Stamped[] = [];
  for (const [at, { stream, expected }] of writes.entries()) {
    const following = heads.follow(stream, expected);
    if ('conflict' in following) return { conflict: { stream, version: following.conflict } };
    let { version, prev } = following;
    for (const event of drafts[at]!) {
      const one = placed(event, version++, prev);
      prev = one.leaf;
      stamped.push(one);
    }
  }
  return { stamped };
};

/**
 * Who believed nothing of a version is not disappointed by another one: he is placed again behind the head that was found. A broken chain is
 * believed only of a head that was just read, so it is tried once more.
 */
export const tryAgain = ({ writes }: AppendRequest, judgement: Judged, heads: Heads, chainChecked: boolean): 'yes' | 'once' | 'no' => {
  if (judgement.verdict === 'conflict') {
    const { stream, version, leaf } = judgement;
    const { expected } = writes.find((write) => write.stream === stream)!;
    heads.forget(stream);
    if (leaf) heads.remember(stream, version, leaf);
    return expected === 'none' || expected === 'must-exist' ? 'yes' : 'no';
  }
  if (judgement.verdict !== 'chain-broken' || chainChecked) return 'no';
  heads.forget(judgement.stream);
  return 'once';
};

/** What is answered to who asked; throws AppendRefused for what only a programming error or a damaged log can bring about. */
export const outcomeOf = ({ tenant }: AppendRequest, judgement: Exclude<Judged, { verdict: 'appended' }>): AppendOutcome => {
  switch (judgement.verdict) {
    case 'replayed': {
      const { status, location, stream, version } = judgement;
      const answer = status === undefined || stream === undefined ? undefined : { status, stream, version: version ?? -1 };
      return { kind: 'replayed', ...(answer && { answer: { ...answer, ...(location !== undefined && { location }) } }) };
    }
    case 'key-reused':
      return { kind: 'key-reused' };
    case 'conflict':
      return { kind: 'conflict', stream: judgement.stream, version: judgement.version };
    case 'foreign':
      throw new AppendRefused(`The stream ${judgement.stream} does not belong to ${tenant}.`);
    case 'chain-broken':
      throw new AppendRefused(`An event for ${judgement.stream} does not name the leaf that stands before it.`);
    case 'seal-clash':
      throw new AppendRefused('A sealed group of this id stands already, with other bytes or for another tenant.');
  }
};

export const appendedAt = (positions: readonly number[], stamped: readonly Stamped[]): AppendOutcome => ({
  kind: 'appended',
  positions,
  versions: Object.fromEntries(stamped.map(({ stream, version }) => [stream, version])),
});

/** What would be a programming error is said at once and to its author alone. */
const check = ({ tenant, writes, blobs = [], key }: AppendRequest): void => {
  const streams = writes.map(({ stream }) => stream);
  const strange = [tenant, ...streams].find((name) => !/^[A-Za-z0-9._~-]{1,250}$/.test(name));
  if (strange !== undefined) throw new AppendRefused(`${JSON.stringify(strange)} cannot name a stream or a tenant.`);
  if (new Set(streams).size < streams.length) throw new AppendRefused('One request writes to a stream in one place only.');
  if (writes.some(({ events }) => events.length === 0)) throw new AppendRefused('A write without events is no write.');
  if (writes.length === 0 && !key) throw new AppendRefused('A request without writes has nothing to record but its key.');
  const hashes = new Map(blobs.map(({ id, h, blob }) => [id, { h, right: createHash('sha256').update(blob).digest('base64url') === h }]));
  if ([...hashes.values()].some(({ right }) => !right))
    throw new AppendRefused('A sealed group does not have the hash that is said of it.');
  const refs = writes.flatMap(({ events }) => events.flatMap(({ sealed }) => sealed ?? []));
  if (refs.some(({ id, h }) => hashes.has(id) && hashes.get(id)!.h !== h))
    throw new AppendRefused('An event names another hash of a sealed group.');
};
