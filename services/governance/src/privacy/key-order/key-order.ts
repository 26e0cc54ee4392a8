import type { Code, OrderedKey } from '@recourse/contracts';
import { never, type Decision } from '@recourse/decider';
import type { EventMeta, Instant } from '@recourse/event-store';
import type { PrivacyRefusal } from '../refusals.js';

/** What an order does with its keys: storage only, active again, or gone for ever. */
export type OrderKind = Code<'key-order-kind'>;
/** What a service made unreadable: how many of each thing. */
export type Purged = Readonly<Record<string, number>>;

/** What became of the keys: which are now as ordered, and which were so already or are gone, by another order. */
export type Brought = {
  readonly order: string;
  readonly keys: readonly string[];
  readonly left?: readonly string[];
  readonly doneAt: Instant;
  /** The services that have to say what they made unreadable. */
  readonly expects?: readonly string[];
};

export type KeyOrderEvent = EventMeta &
  (
    | {
        readonly type: 'KeyOrderAsked';
        readonly order: string;
        readonly kind: OrderKind;
        readonly why: Code<'key-order-why'>;
        /** The request of a subject, or the matter whose retention ended. */
        readonly because?: string;
        readonly keys: readonly OrderedKey[];
        /** Hash of the list of keys: what an approval is about. */
        readonly list: string;
        readonly askedBy: string;
        /** Nobody but the house itself asks: then two people agree. */
        readonly proposed?: true;
        readonly expiresAt: Instant;
      }
    | { readonly type: 'KeyOrderSeconded'; readonly order: string; readonly secondedBy: string }
    | { readonly type: 'KeyOrderApproved'; readonly order: string; readonly kind: OrderKind; readonly people: readonly [string, string] }
    | { readonly type: 'KeyOrderDenied'; readonly order: string; readonly why: Code<'key-order-denied-why'> }
    | { readonly type: 'KeyOrderWithdrawn'; readonly order: string }
    /** Something that forbids it came after the approval and before the first key was touched. */
    | { readonly type: 'KeyOrderBlocked'; readonly order: string; readonly why: PrivacyRefusal; readonly holds?: readonly string[] }
    | ({ readonly type: 'KeysRestricted' } & Brought)
    | ({ readonly type: 'KeysReleased' } & Brought)
    /** `effectiveFrom`: when the last backup that may hold the keys is gone. */
    | ({ readonly type: 'KeysDestroyed'; readonly effectiveFrom: Instant } & Brought)
    | {
        readonly type: 'PurgeAcknowledged';
        readonly order: string;
        readonly service: string;
        readonly counts: Purged;
        readonly purgedAt: Instant;
      }
    /** A restored keyring still had them: they were destroyed again. */
    | { readonly type: 'KeysDestroyedAgain'; readonly order: string; readonly keys: readonly string[]; readonly doneAt: Instant }
  );

export type KeyOrder = {
  readonly stage: 'none' | 'asked' | 'seconded' | 'approved' | 'done' | 'ended';
  readonly kind: OrderKind;
  readonly list: string;
  readonly proposed: boolean;
  readonly askedBy: string;
  readonly secondedBy?: string;
  readonly expiresAt: Instant;
  readonly acknowledged: readonly string[];
};
export type KeyOrderDecision = Decision<KeyOrderEvent, PrivacyRefusal>;

export const initial: KeyOrder = {
  stage: 'none',
  kind: 'restrict',
  list: '',
  proposed: false,
  askedBy: '',
  expiresAt: '',
  acknowledged: [],
};

export const evolve = (state: KeyOrder, event: KeyOrderEvent): KeyOrder => {
  switch (event.type) {
    case 'KeyOrderAsked': {
      const { kind, list, askedBy, proposed = false, expiresAt } = event;
      return { ...state, stage: 'asked', kind, list, proposed, askedBy, expiresAt };
    }
    case 'KeyOrderSeconded':
      return { ...state, stage: 'seconded', secondedBy: event.secondedBy };
    case 'KeyOrderApproved':
      return { ...state, stage: 'approved' };
    case 'KeyOrderDenied':
    case 'KeyOrderWithdrawn':
    case 'KeyOrderBlocked':
      return { ...state, stage: 'ended' };
    case 'KeysRestricted':
    case 'KeysReleased':
    case 'KeysDestroyed':
      return { ...state, stage: 'done' };
    case 'PurgeAcknowledged':
      return { ...state, acknowledged: [...state.acknowledged, event.service] };
    case 'KeysDestroyedAgain':
      return state;
    default:
      return never(event);
  }
};
