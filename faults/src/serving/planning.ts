import type { Mutation } from './mutating.js';

export type Carrier = { readonly kind: 'postgres'; readonly url: string } | { readonly kind: 'kafka'; readonly brokers: readonly string[] };

/** What a process of a service under test is told at its start. */
export type ServicePlan = {
  readonly service: string;
  readonly logUrl: string;
  readonly carrier: Carrier;
  readonly topic: string;
  /** Answers clients and tells its log. */
  readonly speaks?: boolean;
  readonly hears?: boolean;
  /** Follows its own log into faults.effect, under this name and version. */
  readonly follows?: { readonly name: string; readonly version: number };
  readonly mutation?: Mutation;
  /** Message ids, or the beginnings of them, that the hearer cannot bear. Read anew from this file at each message. */
  readonly poison?: string;
  readonly patience?: number;
};

/** What a service under test says about itself when asked. */
export type ServiceState = {
  readonly leads: boolean;
  readonly published: number;
  readonly failures: number;
  readonly paused: boolean;
  readonly counts: {
    readonly heard: number;
    readonly recorded: number;
    readonly replayed: number;
    readonly refused: number;
    readonly failed: number;
  };
  readonly parked: readonly { readonly key: string; readonly why: string; readonly messages: number }[];
  readonly untold: readonly { readonly position: number; readonly why: string }[];
  readonly follows: boolean;
};

/** What it can be told to do. */
export type Instruction =
  | { readonly what: 'state' }
  | { readonly what: 'rewind'; readonly position: number }
  | { readonly what: 'retry-parked' }
  | { readonly what: 'drain' };

/** What a writer of the soak is told: operations `from` up to `until`, each of so many events. */
export type WriterPlan = {
  readonly name: string;
  readonly logUrl: string;
  readonly history: string;
  readonly seed: number;
  readonly from: number;
  readonly until: number;
  readonly events: number;
  readonly streams: number;
  readonly inFlight: number;
};
