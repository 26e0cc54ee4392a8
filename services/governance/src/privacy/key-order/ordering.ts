import { instantPlus, type Code, type OrderedKey } from '@recourse/contracts';
import { decisions, refuse, type Decider } from '@recourse/decider';
import type { Instant } from '@recourse/event-store';
import type { PrivacyRefusal } from '../refusals.js';
import { refusedToDecide, refusedToWithdraw, type Told } from '../second-person.js';
import {
  evolve,
  initial,
  type Brought,
  type KeyOrder,
  type KeyOrderDecision,
  type KeyOrderEvent,
  type OrderKind,
  type Purged,
} from './key-order.js';

type OfOrder = Told & { readonly order: string };

export type AskKeyOrder = OfOrder & {
  readonly type: 'AskKeyOrder';
  readonly kind: OrderKind;
  readonly why: Code<'key-order-why'>;
  readonly because?: string;
  readonly keys: readonly OrderedKey[];
  readonly list: string;
  /** True when the house itself asks: because a retention has ended, because a subject asked. */
  readonly proposed?: true;
};
export type ApproveKeyOrder = OfOrder & {
  readonly type: 'ApproveKeyOrder';
  /** The list whoever agrees has read, if the keys still stand as they did: else undefined. */
  readonly stands: string | undefined;
};
export type DenyKeyOrder = OfOrder & { readonly type: 'DenyKeyOrder'; readonly why: Code<'key-order-denied-why'> };
export type WithdrawKeyOrder = OfOrder & { readonly type: 'WithdrawKeyOrder' };
/** Says no unless the order is to be carried out: a part of the append that begins it. */
export type CheckApproved = OfOrder & { readonly type: 'CheckApproved' };
export type NoteBlocked = OfOrder & { readonly type: 'NoteBlocked'; readonly why: PrivacyRefusal; readonly holds?: readonly string[] };
export type NoteBrought = Told & Brought & { readonly type: 'NoteBrought'; readonly backupWindow: string };
export type NoteAcknowledged = OfOrder & {
  readonly type: 'NoteAcknowledged';
  readonly service: string;
  readonly counts: Purged;
  readonly purgedAt: Instant;
};
export type NoteDestroyedAgain = OfOrder & {
  readonly type: 'NoteDestroyedAgain';
  readonly keys: readonly string[];
  readonly doneAt: Instant;
};
export type KeyOrderCommand =
  | AskKeyOrder
  | ApproveKeyOrder
  | DenyKeyOrder
  | WithdrawKeyOrder
  | CheckApproved
  | NoteBlocked
  | NoteBrought
  | NoteAcknowledged
  | NoteDestroyedAgain;

/** A record holds 8 KiB: so many keys fit with the longest ids a platform may bring. */
export const mostKeys = 20;
/** Somebody who asks has told a colleague; what the house proposes waits until officers look through their list. */
const askedFor = 'P3D';
export const proposedFor = 'P30D';

const ask = ({ order, kind, why, because, keys, list, proposed, by, at }: AskKeyOrder, { stage }: KeyOrder): KeyOrderDecision => {
  if (stage !== 'none') return [];
  if (keys.length === 0) return refuse('keys-are-unknown');
  if (keys.length > mostKeys) return refuse('keys-are-too-many', { facts: { most: mostKeys } });
  const expiresAt = instantPlus(at, proposed ? proposedFor : askedFor);
  const more = { ...(because !== undefined && { because }), ...(proposed && { proposed }) };
  return [{ type: 'KeyOrderAsked', order, kind, why, keys, list, askedBy: by.actor, expiresAt, ...more }];
};

/** What somebody asked for needs one more person; what the house proposes needs two. */
const approve = (command: ApproveKeyOrder, state: KeyOrder): KeyOrderDecision => {
  const { order, by, stands } = command;
  const no = refusedToDecide(asAsked(state), command, stands);
  if (no) return no;
  const { stage, proposed, kind, askedBy, secondedBy = askedBy } = state;
  if (proposed && stage === 'asked') return [{ type: 'KeyOrderSeconded', order, secondedBy: by.actor }];
  return [{ type: 'KeyOrderApproved', order, kind, people: [secondedBy, by.actor] }];
};

/** A denial is right for keys that stand otherwise by now as well. Whoever seconded may not deny: he has had his say. */
const deny = (command: DenyKeyOrder, state: KeyOrder): KeyOrderDecision =>
  refusedToDecide(asAsked(state), command, state.list) ?? [{ type: 'KeyOrderDenied', order: command.order, why: command.why }];

const withdraw = (command: WithdrawKeyOrder, state: KeyOrder): KeyOrderDecision =>
  refusedToWithdraw(asAsked(state), command) ?? [{ type: 'KeyOrderWithdrawn', order: command.order }];

const block = ({ order, why, holds }: NoteBlocked, { stage }: KeyOrder): KeyOrderDecision =>
  stage === 'approved' ? [{ type: 'KeyOrderBlocked', order, why, ...(holds && holds.length > 0 && { holds }) }] : [];

/** Said once, however often the process dies between the keys and saying so. */
const brought = (
  { order, keys, left = [], doneAt, expects = [], backupWindow }: NoteBrought,
  { stage, kind }: KeyOrder,
): KeyOrderDecision => {
  if (stage !== 'approved') return [];
  const done = { order, keys, doneAt, ...(left.length > 0 && { left }), ...(expects.length > 0 && { expects }) };
  if (kind === 'restrict') return [{ type: 'KeysRestricted', ...done }];
  if (kind === 'release') return [{ type: 'KeysReleased', ...done }];
  return [{ type: 'KeysDestroyed', ...done, effectiveFrom: instantPlus(doneAt, backupWindow) }];
};

const acknowledged = ({ order, service, counts, purgedAt }: NoteAcknowledged, state: KeyOrder): KeyOrderDecision =>
  state.stage === 'done' && !state.acknowledged.includes(service) ? [{ type: 'PurgeAcknowledged', order, service, counts, purgedAt }] : [];

const again = ({ order, keys, doneAt }: NoteDestroyedAgain, { stage, kind }: KeyOrder): KeyOrderDecision =>
  stage === 'done' && kind === 'destroy' && keys.length > 0 ? [{ type: 'KeysDestroyedAgain', order, keys, doneAt }] : [];

/** What the next person decides about: once it is seconded, whoever seconded it is the first one. */
const asAsked = ({ stage, askedBy, secondedBy, expiresAt, list }: KeyOrder) =>
  ({
    askedBy: secondedBy ?? askedBy,
    expiresAt,
    about: list,
    stage: stage === 'asked' || stage === 'seconded' ? 'asked' : 'ended',
  }) as const;

/** Everything that may become of an order about keys. */
export const keyOrder: Decider<KeyOrderCommand, KeyOrderEvent, KeyOrder, PrivacyRefusal> = {
  initial,
  evolve,
  decide: decisions({
    AskKeyOrder: ask,
    ApproveKeyOrder: approve,
    DenyKeyOrder: deny,
    WithdrawKeyOrder: withdraw,
    CheckApproved: (_, { stage }) => (stage === 'approved' ? [] : refuse('request-is-decided')),
    NoteBlocked: block,
    NoteBrought: brought,
    NoteAcknowledged: acknowledged,
    NoteDestroyedAgain: again,
  }),
};
