import type { Refusal } from '@recourse/decider';
import type { Claim, Order, Outcome, Part, SealedBlob, SealedRef } from '@recourse/event-store';
import type { Caller } from '@recourse/identity';
import type { Owner } from '@recourse/privacy';
import type { Told } from './house.options.js';

/** Where in its stream and log a history stands; after a command also the `location` answered (the first one, when it is replayed). */
export type Standing = {
  readonly stream: string;
  readonly version: number;
  readonly leaf: string;
  readonly position: number;
  readonly location?: string;
};

/** A stream as its history tells it. */
export type Past<H> = Standing & { readonly history: H; readonly tenant: string; readonly corr: string };

/** Personal data to seal before the decision: `order` gets one reference for each, in the same order. */
export type ToSeal = { readonly owner: Owner; readonly group: string; readonly value: object };

/** What the command is to do: all parts or nothing. */
export type Drafted = {
  readonly parts: readonly [Part, ...Part[]];
  readonly claims?: readonly Claim[];
  readonly blobs?: readonly SealedBlob[];
};

export type Task<H> = {
  /** The stream the answer shows; the first part must be for it. */
  readonly stream: string;
  /** Whose record it is when it is not the caller's own platform's: `house` for what operators do. */
  readonly tenant?: string;
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
  /** What was asked, when it is not the JSON body: hash and fields of an upload. Part of the key's fingerprint. */
  readonly asked?: unknown;
  readonly seal?: readonly ToSeal[];
  /** What to do. May refuse (a Refusal is answered as a problem). Called again, up to five times, when a claim was taken. */
  readonly order: (
    told: Told & { readonly tenant: string; readonly sealed: readonly SealedRef[] },
  ) => Drafted | Refusal | Promise<Drafted | Refusal>;
  /** What a taken claim means: a refusal, or undefined to draw again (the default). */
  readonly claimed?: (stream: string) => Refusal | undefined;
  /** `(order) => this.bus.execute(new ForCase(order))` */
  readonly send: (order: Order) => Promise<Outcome>;
  /** What is answered; the history itself when left out. */
  readonly represent?: (history: H, at: Standing) => object | Promise<object>;
};

export type Showing<H> = {
  readonly stream: string;
  /** Whose it is when it is not the caller's own platform's: for operators, who look after all of them. */
  readonly tenant?: string;
  readonly mayTouch?: (history: H, caller: Caller) => boolean;
  readonly represent?: (history: H, at: Standing) => object | Promise<object>;
  /** What a stream that does not exist yet shows (an account nobody has locked); 404 when left out. */
  readonly otherwise?: H;
  /** Honour `?wait=` (seconds, up to 10): wait for the stream to begin. */
  readonly mayWait?: boolean;
};
