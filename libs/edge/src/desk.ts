import type { Claim, EventStore, Order, Outcome, Part, SealedBlob, SealedRef } from '@recourse/event-store';
import type { Refusal } from '@recourse/decider';
import type { Caller } from '@recourse/identity';
import type { Owner, Privacy } from '@recourse/privacy';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { EVENT_STORE, PRIVACY, VIEWS, type Told, type Views } from './house.options.js';

/** Where in its stream and log a history stands. */
export type Standing = { readonly stream: string; readonly version: number; readonly leaf: string; readonly position: number };

/** Personal data to seal before the decision: `order` gets one reference for each, in the same order. */
export type ToSeal = { readonly owner: Owner; readonly group: string; readonly value: object };

/** What the command is to do: all parts or nothing. */
export type Drafted = { readonly parts: readonly [Part, ...Part[]]; readonly claims?: readonly Claim[]; readonly blobs?: readonly SealedBlob[] };

export type Task<H> = {
  /** The stream the answer shows; the first part must be for it. */
  readonly stream: string;
  /** The matter, or what else this is about (record `corr`). */
  readonly corr: string;
  /** 201 when left out. */
  readonly status?: 200 | 201;
  /** 201 needs one: `/v1/cases/…`. */
  readonly location?: string;
  /** True (default): the stream must exist and be of the caller's tenant, else 404. False: it may be made now. */
  readonly exists?: boolean;
  /** May this caller touch this very object? Else 404. Asked only when the stream exists. */
  readonly mayTouch?: (history: H, caller: Caller) => boolean;
  /** Another stream this one belongs under (evidence under its complaint): it must exist and may be touched, else 404. */
  readonly under?: { readonly stream: string; readonly mayTouch?: (history: never, caller: Caller) => boolean };
  /** Given: If-Match is required (428) and stale (412) only if one of these event types came since. */
  readonly judged?: ReadonlySet<string>;
  /** A platform acts for one of its customers: the subject (record `by.for`). */
  readonly for?: string;
  readonly seal?: readonly ToSeal[];
  /** What to do. May refuse (a Refusal is answered as a problem). Called again, up to five times, when a claim was taken. */
  readonly order: (told: Told & { readonly tenant: string; readonly sealed: readonly SealedRef[] }) => Drafted | Refusal | Promise<Drafted | Refusal>;
  /** `(order) => this.bus.execute(new ForCase(order))` */
  readonly send: (order: Order) => Promise<Outcome>;
  /** What is answered; the history itself when left out. */
  readonly represent?: (history: H, at: Standing) => object | Promise<object>;
};

export type Showing<H> = {
  readonly stream: string;
  readonly mayTouch?: (history: H, caller: Caller) => boolean;
  readonly represent?: (history: H, at: Standing) => object | Promise<object>;
  /** What a stream that does not exist yet shows (an account nobody has locked); 404 when left out. */
  readonly otherwise?: H;
  /** Honour `?wait=` (seconds, up to 10): wait for the stream to begin. */
  readonly mayWait?: boolean;
};

export type Listing<Row extends ObjectLiteral> = {
  /** The rows with all filters applied, unordered; runs as the tenant. */
  readonly rows: (manager: EntityManager) => SelectQueryBuilder<Row>;
  /** Properties of the row that order it; together unique. */
  readonly order: readonly (keyof Row & string)[];
  readonly descending?: boolean;
  readonly show?: (row: Row) => object;
};

/** From HTTP to an answer and back: the one way through which commands, representations and lists pass. */
@Injectable()
export class Desk {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(PRIVACY) private readonly privacy: Privacy,
    @Inject(VIEWS) private readonly views: Views,
  ) {}

  /** One command: key, replay, existence and tenant, If-Match, sealing, deciding, and a problem or the representation. */
  async carryOut<H>(request: FastifyRequest, reply: FastifyReply, task: Task<H>): Promise<void> {
    throw new Error(`${request.method} ${task.stream} ${reply.sent}: the desk opens soon`);
  }

  /** A GET of one stream at its head, or as of `?position=` or `?at=`. */
  async show<H>(request: FastifyRequest, reply: FastifyReply, showing: Showing<H>): Promise<void> {
    throw new Error(`${request.method} ${showing.stream} ${reply.sent}: the desk opens soon`);
  }

  /** A page of a view: `{ items }` with Link next and prev. */
  async list<Row extends ObjectLiteral>(request: FastifyRequest, reply: FastifyReply, listing: Listing<Row>): Promise<void> {
    throw new Error(`${request.method} ${listing.order.join()} ${reply.sent} ${typeof this.views}: the desk opens soon`);
  }

  /** The history of a stream, whoever asks: undefined when it has not begun. */
  async history<H>(stream: string, until?: { version?: number; position?: number; instant?: string }): Promise<(Standing & { readonly history: H; readonly tenant: string }) | undefined> {
    throw new Error(`${stream} ${until?.version} ${typeof this.store}: the desk opens soon`);
  }

  /** Opens sealed groups for the purpose the request states (`?purpose=`): keyed by the id of the reference; destroyed ones are left out. */
  async open(request: FastifyRequest, refs: readonly SealedRef[], corr: string): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
    throw new Error(`${request.method} ${refs.length} ${corr} ${typeof this.privacy}: the desk opens soon`);
  }
}
