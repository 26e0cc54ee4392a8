import type { Code } from '../taxonomy.js';
import type { Past } from './past.js';

/** A key as orders name it: whose it is, and by which holds it may be kept. */
export type OrderedKey = {
  readonly key: string;
  /** `matter:<id>`, `account:<tenant>:<account>` or `preferences:<tenant>:<subject>`. */
  readonly scope: string;
  readonly subject: string;
  /** The account its matter is about, where that is known. */
  readonly account?: string;
};

/** What one service made unreadable when it heard of the order: how many of each thing. */
export type PurgeShown = { readonly service: string; readonly at: string; readonly counts: Readonly<Record<string, number>> };

/** Somebody's word about an order. */
export type OrderVoice = { readonly by: string; readonly at: string };

/** An order about keys: GET /v1/privacy/key-orders/{id}. */
export type KeyOrderHistory = {
  readonly order: string;
  readonly kind: 'restrict' | 'release' | 'destroy';
  /** `expired` is never recorded: an order that is only asked and past `expiresAt` is decided by nobody any more. */
  readonly stage: 'asked' | 'seconded' | 'approved' | 'denied' | 'withdrawn' | 'blocked' | 'done' | 'acknowledged';
  readonly why: Code<'key-order-why'>;
  /** What it belongs to: a request of a subject, a matter. */
  readonly because?: string;
  /** True: nobody but the house itself asked, so two people have to agree. */
  readonly proposed: boolean;
  readonly keys: readonly OrderedKey[];
  /** SHA-256 of the list of keys: an approval names the list it is about. */
  readonly list: string;
  readonly asked: OrderVoice;
  readonly expiresAt: string;
  /** Who agreed, in order. */
  readonly agreed: readonly OrderVoice[];
  readonly denied?: OrderVoice & { readonly why: string };
  readonly withdrawnAt?: string;
  readonly blocked?: { readonly at: string; readonly why: string; readonly holds: readonly string[] };
  /** What was done: which keys are now as ordered, and which were left because they were so already or are gone. */
  readonly done?: {
    readonly at: string;
    readonly keys: readonly string[];
    readonly left: readonly string[];
    readonly effectiveFrom?: string;
  };
  /** The services that have to say what they made unreadable. */
  readonly expects: readonly string[];
  readonly purges: readonly PurgeShown[];
  /** A restored keyring still had keys of this order: they were destroyed again. */
  readonly again: readonly { readonly at: string; readonly keys: readonly string[] }[];
};

/** A line of GET /v1/privacy/key-orders. */
export type KeyOrderLine = Pick<KeyOrderHistory, 'order' | 'kind' | 'stage' | 'why' | 'because' | 'expiresAt'> & {
  /** How many keys it names. */
  readonly keys: number;
  readonly askedAt: string;
};

/** What proves that keys were destroyed: GET /v1/privacy/certificates/{order}. */
export type CertificateShown = {
  readonly order: string;
  readonly tenant: string;
  readonly why: string;
  readonly because?: string;
  readonly keys: readonly OrderedKey[];
  /** Keys of the order that an earlier one had destroyed. */
  readonly left: readonly string[];
  readonly destroyedAt: string;
  /** When the last backup that may hold the keys is gone. */
  readonly effectiveFrom: string;
  readonly asked: OrderVoice;
  readonly agreed: readonly OrderVoice[];
  readonly purges: readonly PurgeShown[];
  readonly waitingFor: readonly string[];
  /** True once every service has said what it made unreadable. */
  readonly complete: boolean;
  readonly again: readonly { readonly at: string; readonly keys: readonly string[] }[];
  /** What stays, and is no personal data: codes. */
  readonly remains: readonly string[];
  /** Where the destruction stands, to be proven against the log. */
  readonly proof: { readonly log: string; readonly position: number; readonly leaf: string; readonly recordedAt: string };
};

const none = { agreed: [], expects: [], purges: [], again: [] };

type Said = {
  readonly order: string;
  readonly kind: KeyOrderHistory['kind'];
  readonly why: Code<'key-order-why'>;
  readonly because?: string;
  readonly keys: readonly OrderedKey[];
  readonly list: string;
  readonly proposed?: true;
  readonly expiresAt: string;
};
type Done = {
  readonly keys: readonly string[];
  readonly left?: readonly string[];
  readonly doneAt: string;
  readonly effectiveFrom?: string;
  readonly expects?: readonly string[];
};

export const keyOrderHistory = (history: KeyOrderHistory | undefined, { type, at, by, data }: Past): KeyOrderHistory => {
  const voice = { by: by.actor, at };
  if (type === 'KeyOrderAsked') {
    const { order, kind, why, because, keys, list, proposed = false, expiresAt } = data as Said;
    return { order, kind, stage: 'asked', why, ...(because && { because }), proposed, keys, list, asked: voice, expiresAt, ...none };
  }
  if (!history) throw new Error(`a key order cannot begin with ${type}`);
  switch (type) {
    case 'KeyOrderSeconded':
    case 'KeyOrderApproved':
      return { ...history, stage: type === 'KeyOrderApproved' ? 'approved' : 'seconded', agreed: [...history.agreed, voice] };
    case 'KeyOrderDenied':
      return { ...history, stage: 'denied', denied: { ...voice, why: data['why'] as string } };
    case 'KeyOrderWithdrawn':
      return { ...history, stage: 'withdrawn', withdrawnAt: at };
    case 'KeyOrderBlocked': {
      const { why, holds = [] } = data as { why: string; holds?: readonly string[] };
      return { ...history, stage: 'blocked', blocked: { at, why, holds } };
    }
    case 'KeysRestricted':
    case 'KeysReleased':
    case 'KeysDestroyed': {
      const { keys, left = [], doneAt, effectiveFrom, expects = [] } = data as Done;
      const done = { at: doneAt, keys, left, ...(effectiveFrom && { effectiveFrom }) };
      return { ...history, stage: expects.length > 0 ? 'done' : 'acknowledged', done, expects };
    }
    case 'PurgeAcknowledged': {
      const { service, counts, purgedAt } = data as { service: string; counts: Readonly<Record<string, number>>; purgedAt: string };
      const purges = [...history.purges, { service, at: purgedAt, counts }];
      const all = history.expects.every((expected) => purges.some((purge) => purge.service === expected));
      return { ...history, stage: all ? 'acknowledged' : history.stage, purges };
    }
    case 'KeysDestroyedAgain': {
      const { keys, doneAt } = data as { keys: readonly string[]; doneAt: string };
      return { ...history, again: [...history.again, { at: doneAt, keys }] };
    }
    default:
      throw new Error(`unknown to a key order: ${type}`);
  }
};
