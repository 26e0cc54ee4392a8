import { setTimeout as pause } from 'node:timers/promises';
import { isRefusal, type Decider, type Refusal } from '@recourse/decider';
import type { Answer, AppendRequest, EventStore, RequestKey, Write } from './append.js';
import { recall, type AnyDecider } from './recalling.js';
import type { By, Instant, NewEvent, Recorded, SealedBlob } from './record.js';

type Told = { readonly by: By; readonly at: Instant };

/** One command for one stream. `judged`: the event types that make an If-Match stale (decisions: only those the actor judged by). */
export type Part = { readonly decider: AnyDecider; readonly stream: string; readonly command: { readonly type: string } & Told };
export const part = <Command extends { type: string } & Told, Event, State, Code extends string>(
  decider: Decider<Command, Event, State, Code>,
  stream: string,
  command: Command,
): Part => ({ decider, stream, command });

/** An event that must be the first of its stream: how uniqueness is kept without a unique index. */
export type Claim = { readonly stream: string; readonly event: NewEvent };

/** Everything that is carried out together, all or nothing: the parts in order, the first one being what the caller asked for. */
export type Order = {
  readonly tenant: string;
  readonly corr: string;
  readonly cause?: string;
  readonly parts: readonly [Part, ...Part[]];
  readonly claims?: readonly Claim[];
  readonly blobs?: readonly SealedBlob[];
  readonly key?: RequestKey;
  readonly answer?: { readonly status: number; readonly location?: string };
  /** If-Match: the version the actor saw, stale only when an event of `judged` has come since. */
  readonly seen?: { readonly version: number; readonly judged: ReadonlySet<string> };
};

export type Outcome<Code extends string = string> =
  /** `version` is the main stream's now; `events` how many were written, 0 when there was nothing new. */
  | { readonly kind: 'recorded'; readonly stream: string; readonly version: number; readonly events: number }
  | { readonly kind: 'replayed'; readonly answer?: Answer }
  | { readonly kind: 'refused'; readonly refusal: Refusal<Code> }
  /** Something the actor should have seen has come since: `version` is the stream's now. */
  | { readonly kind: 'stale'; readonly version: number }
  /** Somebody else's event is the first of a claimed stream. */
  | { readonly kind: 'claimed'; readonly stream: string }
  /** The stream belongs to another tenant: to this caller it does not exist. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'key-reused' };

/**
 * Two instances that want the same stream all the time win every second time each: eight tries were lost in a row by one of a few hundred
 * callers, who had done nothing wrong. So many tries are lost by nobody, and whoever loses does not wait longer and longer, or he loses again.
 */
const usualAttempts = 40;
const longestPause = 8;

/** Read the past, decide, write the present; when others wrote first, once more. The whole house passes through these lines. */
export const handling =
  (store: EventStore, attempts = usualAttempts) =>
  <Code extends string = string>(order: Order): Promise<Outcome<Code>> =>
    inTurn(store, order.parts[0].stream, async () => {
      for (let attempt = 1; ; attempt++) {
        const decided = await decide<Code>(store, order);
        if ('no' in decided) return decided.no.kind === 'missing' ? decided.no : ((await firstAnswer(store, order)) ?? decided.no);
        const { main, writes } = decided;
        const recorded = (version: number) => ({ kind: 'recorded', stream: main.stream, version, events: countOf(writes) }) as const;
        if (writes.length === 0 && !order.key) return recorded(main.version ?? -1);
        const outcome = await store.append(requestFor(order, writes, main.version));
        if (outcome.kind === 'appended') return recorded(main.version ?? outcome.versions[main.stream] ?? -1);
        if (outcome.kind !== 'conflict') return outcome;
        if (order.claims?.some(({ stream }) => stream === outcome.stream)) return { kind: 'claimed', stream: outcome.stream };
        if (attempt === attempts) throw new StreamMoved(outcome.stream);
        await pause(Math.random() * Math.min(longestPause, 2 ** attempt)); // against another instance; within this one we take turns
      }
    });

type Decided<Code extends string> =
  | { readonly no: Outcome<Code> }
  | { readonly main: { readonly stream: string; readonly version?: number }; readonly writes: readonly Write[] };
/** `version` is unknown where nothing was read, because the decider remembers nothing. */
type Thread = { readonly version?: number; state: unknown; readonly events: NewEvent[] };

/** Each part decides upon what the parts before it on the same stream have just decided. One no is a no to all. */
const decide = async <Code extends string>(store: EventStore, order: Order): Promise<Decided<Code>> => {
  const threads = new Map<string, Thread>();
  const main = order.parts[0].stream;
  for (const { decider, stream, command } of order.parts) {
    let thread = threads.get(stream);
    if (!thread && decider.remembersNothing && !order.seen) threads.set(stream, (thread = { state: decider.initial, events: [] }));
    if (!thread) {
      const seen = stream === main ? order.seen : undefined;
      const { version, state, tenant, newer } = await recall(store, decider, stream, seen?.version);
      if (tenant !== undefined && tenant !== order.tenant) return { no: { kind: 'missing' } };
      if (seen && isStale(version, newer, seen)) return { no: { kind: 'stale', version } };
      threads.set(stream, (thread = { version, state, events: [] }));
    }
    const decision = decider.decide(command, thread.state);
    if (isRefusal(decision)) return { no: { kind: 'refused', refusal: decision as Refusal<Code> } };
    thread.events.push(...(decision as NewEvent[]));
    thread.state = decision.reduce(decider.evolve, thread.state);
  }
  const { version, events } = threads.get(main)!;
  return {
    main: { stream: main, ...(version !== undefined && { version: version + events.length }) },
    writes: writesOf(threads, order.claims),
  };
};

const isStale = (now: number, newer: readonly Recorded[], seen: NonNullable<Order['seen']>): boolean =>
  now < seen.version || newer.some(({ version, type }) => version > seen.version && seen.judged.has(type));

/** Claims are made only together with something new: saying a thing twice must not trip over its own first claim. */
const writesOf = (threads: ReadonlyMap<string, Thread>, claims: readonly Claim[] = []): Write[] => {
  const changed: Write[] = [...threads]
    .filter(([, { events }]) => events.length > 0)
    .map(([stream, { version, events }]) => ({
      stream,
      expected: version === undefined ? 'none' : version < 0 ? 'must-not-exist' : version,
      events,
    }));
  if (changed.length === 0) return [];
  return [...changed, ...claims.map(({ stream, event }): Write => ({ stream, expected: 'must-not-exist', events: [event] }))];
};

const requestFor = (
  { tenant, corr, cause, parts, blobs, key, answer }: Order,
  writes: readonly Write[],
  version: number | undefined,
): AppendRequest => ({
  tenant,
  at: parts[0].command.at,
  by: parts[0].command.by,
  corr,
  writes,
  ...(cause && { cause }),
  ...(blobs && writes.length > 0 && { blobs: pointedAt(blobs, writes) }),
  ...(key && { key }),
  ...(answer && { answer: { ...answer, stream: parts[0].stream, ...(version !== undefined && { version }) } }),
});

/** Only what an event points at is kept: who hears personal data and uses none of it stores none of it. */
const pointedAt = (blobs: readonly SealedBlob[], writes: readonly Write[]): readonly SealedBlob[] => {
  const ids = new Set(writes.flatMap(({ events }) => events.flatMap(({ sealed = [] }) => sealed.map(({ id }) => id))));
  return blobs.filter(({ id }) => ids.has(id));
};

const countOf = (writes: readonly Write[]) => writes.reduce((sum, { events }) => sum + events.length, 0);

/** A request whose reply was lost may come again when the state has moved on: the first answer still stands, whatever would be said now. */
const firstAnswer = async (store: EventStore, { key }: Order): Promise<Outcome<never> | undefined> => {
  const answered = key && (await store.answered(key.key));
  if (!answered) return undefined;
  if (answered.fingerprint !== key.fingerprint) return { kind: 'key-reused' };
  return { kind: 'replayed', ...(answered.answer && { answer: answered.answer }) };
};

const turns = new WeakMap<EventStore, Map<string, Promise<unknown>>>();

/** Orders for one stream follow one another within a process: a hundred callers would otherwise decide a hundred times and ninety-nine in vain. */
const inTurn = async <Result>(store: EventStore, stream: string, work: () => Promise<Result>): Promise<Result> => {
  const lasts = turns.get(store) ?? new Map<string, Promise<unknown>>();
  turns.set(store, lasts);
  const turn = (lasts.get(stream) ?? Promise.resolve()).then(work, work);
  lasts.set(stream, turn);
  try {
    return await turn;
  } finally {
    if (lasts.get(stream) === turn) lasts.delete(stream);
  }
};

/** Others kept writing first. The edge answers 409; an inbox tries again later. */
export class StreamMoved extends Error {
  constructor(readonly stream: string) {
    super('Others kept writing to this stream first.');
    this.name = 'StreamMoved';
  }
}
