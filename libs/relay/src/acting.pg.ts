import { createHash } from 'node:crypto';
import { handling, type EventStore, type Order, type RequestKey, type SealedBlob } from '@recourse/event-store';
import type pg from 'pg';
import type { Hearing, Reaction } from './hearing.js';
import type { Message } from './message.js';
import type { Log } from './transport.js';

export type Counts = { heard: number; recorded: number; replayed: number; refused: number; failed: number; skipped: number };

/**
 * Turns a message into what it does here: one order per stream it concerns, each under the key `<consumer>:<message id>:<stream>`, which is recorded
 * with the effect. So the memory of having heard and the effect of it cannot come apart, and hearing again changes nothing.
 */
export class Acting<Tools> {
  readonly counts: Counts = { heard: 0, recorded: 0, replayed: 0, refused: 0, failed: 0, skipped: 0 };

  constructor(
    private readonly store: EventStore,
    private readonly pool: pg.Pool,
    private readonly tools: Tools,
    private readonly log: Log,
  ) {}

  /** Resolves when the message is done on every stream it concerns. */
  async act(hearing: Hearing<Tools>, message: Message): Promise<void> {
    const named = await hearing.react(message, this.tools);
    const reactions = named.length > 1 ? await this.#asAtFirst(hearing, message, named) : named;
    const results = await Promise.allSettled(reactions.map((reaction) => this.#carryOut(hearing.consumer, message, reaction)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Whether it has taken effect on every stream it concerned when it was first heard. */
  async tookEffect({ consumer }: Hearing<Tools>, message: string): Promise<boolean> {
    const prefix = `${consumer}:${message}:`;
    const { rows } = await this.pool.query<{ done: boolean }>(
      `select count(*) >= coalesce(
         (select json_array_length(targets::json) from relay.targets where consumer = $1 and message = $2), 1) as done
       from log.request_key where key >= $3 and key < $4`,
      [consumer, message, prefix, `${prefix.slice(0, -1)};`],
    );
    return rows[0]!.done;
  }

  /** Views move on. What names its targets by a view gets, when it is told again, the targets of the first time. */
  async #asAtFirst(hearing: Hearing<Tools>, message: Message, named: readonly Reaction[]): Promise<readonly Reaction[]> {
    const { consumer } = hearing;
    const streams = named.map(({ stream }) => stream);
    if (new Set(streams).size < streams.length) throw new Error(`${consumer} names a stream twice for one message.`);
    const prefix = `${consumer}:${message.id}:`;
    // A first time with one target left no list, but its key.
    const { rows } = await this.pool.query<{ targets: string }>(
      `with used as (select json_agg(substr(key, length($3) + 1))::text as targets from log.request_key where key >= $3 and key < $4)
       insert into relay.targets as t (consumer, message, targets) select $1, $2, coalesce(used.targets, $5) from used
       on conflict (consumer, message) do update set targets = t.targets returning targets`,
      [consumer, message.id, prefix, `${prefix.slice(0, -1)};`, JSON.stringify(streams)],
    );
    const first = JSON.parse(rows[0]!.targets) as readonly string[];
    const known = named.filter(({ stream }) => first.includes(stream));
    if (known.length === first.length) return known;
    const again = (await hearing.react(message, this.tools, first)).filter(({ stream }) => first.includes(stream));
    if (again.length < first.length)
      this.log.info({ consumer, message: message.id, of: first.length, left: again.length }, 'Targets of a message are gone.');
    return again;
  }

  async #carryOut(consumer: string, message: Message, { stream, corr, parts, claims }: Reaction) {
    const { service } = this.store;
    const { tenant } = message;
    // Each service reads its database's clock a little differently. What follows from a message is never before it, or a fact that was just told
    // would look as if it lay in the future.
    const now = this.store.now(tenant);
    const at = message.time > now ? message.time : now;
    const by = { actor: `service:${service}`, role: 'service', client: service };
    const key: RequestKey = {
      key: `${consumer}:${message.id}:${stream}`,
      // The message is known by its id; what a later version of its speaker makes of the same event is not another message.
      fingerprint: createHash('sha256').update(message.id).digest('base64url'),
      kind: 'heard',
    };
    const kept = message.sealed.filter(({ blob }) => blob !== ''); // the others were erased before they came
    const order: Order = {
      tenant,
      corr,
      cause: message.cause,
      parts: parts({ by, at }),
      ...(claims && { claims }),
      ...(kept.length > 0 && { blobs: kept.map(blobOf) }),
      key,
    };
    const outcome = await handling(this.store)(order);
    if (outcome.kind === 'recorded') return void this.counts.recorded++;
    if (outcome.kind === 'replayed' || outcome.kind === 'key-reused') return void this.counts.replayed++;
    // "No" is an answer: it is remembered like one, and not asked again.
    const refusal = outcome.kind === 'refused' ? outcome.refusal.refused : outcome.kind;
    await this.store.append({ tenant, at, by, corr, cause: message.cause, writes: [], key });
    this.counts.refused++;
    this.log.info({ consumer, message: message.id, refusal }, 'A message was heard and refused.');
  }
}

const blobOf = ({ id, h, blob }: { readonly id: string; readonly h: string; readonly blob: string }): SealedBlob => ({
  id,
  h,
  blob: Buffer.from(blob, 'base64url'),
});
