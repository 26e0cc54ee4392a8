import { instantPlus, type Code, type OrderedKey } from '@recourse/contracts';
import { decisions, refuse, type Decider } from '@recourse/decider';
import type { PrivacyRefusal } from '../refusals.js';
import { refusedToDecide, refusedToWithdraw, type Told } from '../second-person.js';
import { evolve, initial, type Custody, type CustodyDecision, type CustodyEvent, type Hold, type HoldScope } from './custody.js';

type OfHold = Told & { readonly hold: string };

export type AskHold = OfHold & {
  readonly type: 'AskHold';
  readonly scope: HoldScope;
  readonly of: string;
  readonly why: Code<'hold-why'>;
  /** Number of the order or file at whoever wants it: never a name. */
  readonly authority: string;
};
export type ApproveHold = OfHold & { readonly type: 'ApproveHold' };
export type DenyHold = OfHold & { readonly type: 'DenyHold'; readonly why: Code<'hold-denied-why'> };
export type WithdrawHold = OfHold & { readonly type: 'WithdrawHold' };
export type AskHoldRelease = OfHold & { readonly type: 'AskHoldRelease'; readonly why: Code<'hold-release-why'> };
export type ApproveHoldRelease = OfHold & { readonly type: 'ApproveHoldRelease' };
export type DenyHoldRelease = OfHold & { readonly type: 'DenyHoldRelease'; readonly why: Code<'hold-denied-why'> };
export type WithdrawHoldRelease = OfHold & { readonly type: 'WithdrawHoldRelease' };
export type BeginDestruction = Told & { readonly type: 'BeginDestruction'; readonly order: string; readonly keys: readonly OrderedKey[] };
export type EndDestruction = Told & { readonly type: 'EndDestruction'; readonly order: string };
/** Says no while a hold stands, and nothing otherwise: what stands now may be asked about before anybody decides. */
export type CheckHolds = Told & { readonly type: 'CheckHolds'; readonly keys: readonly OrderedKey[] };
export type CustodyCommand =
  | AskHold
  | ApproveHold
  | DenyHold
  | WithdrawHold
  | AskHoldRelease
  | ApproveHoldRelease
  | DenyHoldRelease
  | WithdrawHoldRelease
  | BeginDestruction
  | EndDestruction
  | CheckHolds;

/** A hold is urgent, and so is the second look at it; a release can wait for whoever knows the file. */
const approvalWithin = 'P3D';

const ask = ({ hold, scope, of, why, authority, by, at }: AskHold, { holds }: Custody): CustodyDecision =>
  holds.some((one) => one.hold === hold)
    ? []
    : [{ type: 'HoldAsked', hold, scope, of, why, authority, askedBy: by.actor, expiresAt: instantPlus(at, approvalWithin) }];

/** A hold comes too late for what is being destroyed already: that is said, so that nobody relies on it. */
const approve = (command: ApproveHold, state: Custody): CustodyDecision => {
  const hold = holdOf(state, command.hold);
  const no = refusedToDecide(asAsked(hold, 'asked'), command, hold.hold);
  if (no) return no;
  const { scope, of } = hold;
  const tooLateFor = state.destroying.filter(({ keys }) => keys.some((key) => isHeld(hold, key))).map(({ order }) => order);
  return [{ type: 'HoldPlaced', hold: hold.hold, scope, of, ...(tooLateFor.length > 0 && { tooLateFor }) }];
};

const deny = (command: DenyHold, state: Custody): CustodyDecision => {
  const hold = holdOf(state, command.hold);
  return refusedToDecide(asAsked(hold, 'asked'), command, hold.hold) ?? [{ type: 'HoldDenied', hold: hold.hold, why: command.why }];
};

const withdraw = (command: WithdrawHold, state: Custody): CustodyDecision => {
  const hold = holdOf(state, command.hold);
  return refusedToWithdraw(asAsked(hold, 'asked'), command) ?? [{ type: 'HoldWithdrawn', hold: hold.hold }];
};

/** Asked again when nobody decided in time. */
const askRelease = ({ hold, why, by, at }: AskHoldRelease, state: Custody): CustodyDecision => {
  const { stage, expiresAt } = holdOf(state, hold);
  if (stage === 'asked' || stage === 'ended') return refuse('hold-stands-no-more');
  if (stage === 'release-asked' && expiresAt > at) return refuse('release-is-asked-for');
  return [{ type: 'HoldReleaseAsked', hold, why, askedBy: by.actor, expiresAt: instantPlus(at, approvalWithin) }];
};

const approveRelease = (command: ApproveHoldRelease, state: Custody): CustodyDecision => {
  const { hold, scope, of, ...rest } = holdOf(state, command.hold);
  const no = refusedToDecide(asAsked({ hold, scope, of, ...rest }, 'release-asked'), command, hold);
  return no ?? [{ type: 'HoldReleased', hold, scope, of }];
};

const denyRelease = (command: DenyHoldRelease, state: Custody): CustodyDecision => {
  const hold = holdOf(state, command.hold);
  const no = refusedToDecide(asAsked(hold, 'release-asked'), command, hold.hold);
  return no ?? [{ type: 'HoldReleaseDenied', hold: hold.hold, why: command.why }];
};

const withdrawRelease = (command: WithdrawHoldRelease, state: Custody): CustodyDecision => {
  const hold = holdOf(state, command.hold);
  return refusedToWithdraw(asAsked(hold, 'release-asked'), command) ?? [{ type: 'HoldReleaseWithdrawn', hold: hold.hold }];
};

/** Said once for each order; after it the order is carried out, whoever asks for a hold then. */
const begin = ({ order, keys }: BeginDestruction, state: Custody): CustodyDecision => {
  if (state.begun.includes(order)) return [];
  return refusedByHold(state, keys) ?? [{ type: 'DestructionBegun', order, keys }];
};

const end = ({ order }: EndDestruction, { destroying }: Custody): CustodyDecision =>
  destroying.some((one) => one.order === order) ? [{ type: 'DestructionEnded', order }] : [];

const refusedByHold = (state: Custody, keys: readonly OrderedKey[]) => {
  const standing = state.holds.filter((hold) => stands(hold) && keys.some((key) => isHeld(hold, key)));
  return standing.length > 0 ? refuse('hold-stands', { facts: { hold: standing.map(({ hold }) => hold).join(', ') } }) : undefined;
};

/** One whose release is only asked for still stands. */
const stands = ({ stage }: Hold): boolean => stage === 'placed' || stage === 'release-asked';

const isHeld = ({ scope, of }: Pick<Hold, 'scope' | 'of'>, key: OrderedKey): boolean => {
  if (scope === 'matter') return key.scope === `matter:${of}`;
  if (scope === 'subject') return key.subject === of;
  return key.account === of || (key.scope.startsWith('account:') && key.scope.endsWith(`:${of}`));
};

/** A hold in another stage than the one that is decided about has been decided. */
const asAsked = ({ hold, stage, askedBy, expiresAt }: Hold, about: 'asked' | 'release-asked') =>
  ({ askedBy, expiresAt, about: hold, stage: stage === about ? 'asked' : 'ended' }) as const;

const holdOf = ({ holds }: Custody, id: string): Hold => {
  const found = holds.find(({ hold }) => hold === id);
  if (!found) throw new Error('nobody asked for this hold in this stream');
  return found;
};

/** What is kept although it might go. */
export const custody: Decider<CustodyCommand, CustodyEvent, Custody, PrivacyRefusal> = {
  initial,
  evolve,
  decide: decisions({
    AskHold: ask,
    ApproveHold: approve,
    DenyHold: deny,
    WithdrawHold: withdraw,
    AskHoldRelease: askRelease,
    ApproveHoldRelease: approveRelease,
    DenyHoldRelease: denyRelease,
    WithdrawHoldRelease: withdrawRelease,
    BeginDestruction: begin,
    EndDestruction: end,
    CheckHolds: ({ keys }, state) => refusedByHold(state, keys) ?? [],
  }),
};
