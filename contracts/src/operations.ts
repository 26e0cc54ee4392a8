import type { TellingHistory } from './histories/telling.js';
import type { WaitingKeyHistory } from './histories/waiting-key.js';

/** A key that waits because a message of it could not be handled (`hearing`) or told (`telling`). The id says nothing of whose it is. */
export type ParkedKeyLine = {
  readonly id: string;
  readonly side: 'hearing' | 'telling';
  /** Of the inbox, or `relay:<cursor>`. */
  readonly consumer: string;
  readonly topic: string;
  /** A code, or `failed: <kind of error>`. */
  readonly why: string;
  /** Waits for a person; the others are tried again by themselves. */
  readonly held: boolean;
  readonly tries: number;
  readonly messages: number;
  readonly since: string;
  /** Left out where it waits for a person. */
  readonly nextTry?: string;
};

/** A message that waits, without anything it says. */
export type ParkedMessageShown = {
  readonly message: string;
  readonly type: string;
  readonly tenant: string;
  /** When what it tells happened, as its envelope says. */
  readonly at: string;
  readonly bytes: number;
  /** SHA-256 of its text, base64url. */
  readonly hash: string;
  /** Groups of personal data that travel sealed beside it. */
  readonly sealed: readonly string[];
};

/** GET /v1/operations/{service}/parked-keys/{id} */
export type ParkedKeyShown = {
  readonly id: string;
  /** Left out when it waits no more. */
  readonly waiting?: ParkedKeyLine;
  /** The first fifty, in their order. */
  readonly messages: readonly ParkedMessageShown[];
  /** What operators did about it, left out when nobody did anything yet. */
  readonly history?: WaitingKeyHistory;
};

/** GET /v1/operations/{service}/status */
export type DeliveryStatus = {
  readonly service: string;
  /** The last position of the log. */
  readonly head: number;
  readonly relay: {
    /** Whether the instance that answers tells the log. */
    readonly leadsHere: boolean;
    /** Whether any instance does: its last sign of life, by the database's clock. */
    readonly leader: { readonly lives: boolean; readonly beatAt?: string };
    readonly cursors: readonly {
      readonly name: string;
      readonly told: number;
      readonly untold: number;
      readonly oldestUntoldAt?: string;
    }[];
    readonly history?: TellingHistory;
  };
  readonly inbox: {
    /** Whether the instance that answers hears nothing at the moment, because of a systemic fault. */
    readonly pausedHere: boolean;
    /** Messages the group has still to hear, by topic and partition; empty while the carrier does not answer. */
    readonly unheard: readonly { readonly topic: string; readonly partition: number; readonly messages: number }[];
    /** Up to when each topic has been heard completely; left out while that is not known. */
    readonly completeUpTo: readonly { readonly topic: string; readonly until?: string }[];
  };
  readonly parked: { readonly keys: number; readonly messages: number; readonly held: number };
  /** What two people let go, for ever: the watermarks passed it without its effect. */
  readonly skipped: readonly { readonly consumer: string; readonly topic: string; readonly count: number; readonly last: string }[];
};
