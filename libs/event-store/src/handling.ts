import { isRefusal, type Decider, type Refusal } from '@recourse/decider';
import type { Answer, AppendRequest, EventStore, RequestKey, Write } from './append.js';
import { eventOf, type By, type Instant, type NewEvent, type SealedBlob } from './record.js';

type Told = { readonly by: By; readonly at: Instant };
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- parts of several aggregates stand in one order
type AnyDecider = Decider<any, any, any, any>;

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
  | { readonly kind: 'recorded'; readonly stream: string; readonly version: number; readonly events: number }
  | { readonly kind: 'replayed'; readonly answer?: Answer }
  | { readonly kind: 'refused'; readonly refusal: Refusal<Code> }
  | { readonly kind: 'stale'; readonly version: number }
  | { readonly kind: 'claimed'; readonly stream: string }
  | { readonly kind: 'key-reused' };

/** Read the past, decide, write the present. The whole house passes through these lines. */
export const handling =
  (store: EventStore, attempts = 8) =>
  async <Code extends string = string>(order: Order): Promise<Outcome<Code>> => {
    for (let attempt = 1; ; attempt++) {
      const writes = new Map<string, { version: number; state: unknown; events: NewEvent[] }>();
      for (const { decider, stream, command } of order.parts) {
        let at = writes.get(stream);
        if (!at) {
          const past = await store.readStream(stream);
          const version = past.length - 1;
          const { seen } = order;
          if (seen && stream === order.parts[0].stream && (version < seen.version || past.slice(seen.version + 1).some((r) => seen.judged.has(r.type))))
            return { kind: 'stale', version };
          at = { version, state: past.map((r) => eventOf(r)).reduce(decider.evolve, decider.initial), events: [] };
          writes.set(stream, at);
        }
        const decision = decider.decide(command, at.state);
        if (isRefusal(decision)) return refusedOrAnswered<Code>(store, order, decision as Refusal<Code>);
        at.events.push(...decision);
        at.state = decision.reduce(decider.evolve, at.state);
      }
      const changed: Write[] = [...writes].filter(([, w]) => w.events.length > 0).map(([stream, w]) => ({ stream, expected: w.version < 0 ? 'must-not-exist' : w.version, events: w.events }));
      const claims: Write[] = changed.length > 0 ? (order.claims ?? []).map(({ stream, event }) => ({ stream, expected: 'must-not-exist', events: [event] })) : [];
      const main = order.parts[0].stream;
      const mainVersion = writes.get(main)!.version + writes.get(main)!.events.length;
      if (changed.length === 0 && !order.key) return { kind: 'recorded', stream: main, version: mainVersion, events: 0 };
      const { by, at } = order.parts[0].command;
      const request: AppendRequest = {
        tenant: order.tenant, at, by, corr: order.corr, ...(order.cause && { cause: order.cause }),
        writes: [...changed, ...claims], ...(order.blobs && changed.length > 0 && { blobs: order.blobs }),
        ...(order.key && { key: order.key }), ...(order.answer && { answer: { ...order.answer, stream: main, version: mainVersion } }),
      };
      const outcome = await store.append(request);
      if (outcome.kind === 'appended') return { kind: 'recorded', stream: main, version: mainVersion, events: changed.length };
      if (outcome.kind !== 'conflict') return outcome;
      if (order.claims?.some((claim) => claim.stream === outcome.stream)) return { kind: 'claimed', stream: outcome.stream };
      if (attempt >= attempts) throw new StreamMoved(outcome.stream);
    }
  };

/** A lost reply may be asked again when the state has moved on: the first answer still stands. */
const refusedOrAnswered = async <Code extends string>(store: EventStore, order: Order, refusal: Refusal<Code>): Promise<Outcome<Code>> => {
  const answered = order.key && (await store.answered(order.key.key));
  if (!answered) return { kind: 'refused', refusal };
  return answered.fingerprint === order.key!.fingerprint ? { kind: 'replayed', ...(answered.answer && { answer: answered.answer }) } : { kind: 'key-reused' };
};

/** Others kept writing first. The edge answers 409; an inbox tries again later. */
export class StreamMoved extends Error {
  constructor(readonly stream: string) { super('Others kept writing to this stream first.'); }
}
