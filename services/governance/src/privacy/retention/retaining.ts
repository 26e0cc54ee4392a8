import { instantPlus, keptUntil, type Code, type RetentionTable } from '@recourse/contracts';
import { decisions, refuse, type Decider } from '@recourse/decider';
import type { Instant } from '@recourse/event-store';
import type { PrivacyRefusal } from '../refusals.js';
import { proposedFor } from '../key-order/ordering.js';
import type { Told } from '../second-person.js';
import { evolve, initial, type Matter, type MatterDecision, type MatterEvent, type MatterNews } from './matter.js';

type OfMatter = Told & { readonly matter: string };

export type HearMatter = OfMatter & {
  readonly type: 'HearMatter';
  readonly what: MatterNews;
  readonly happenedAt: Instant;
  readonly account?: string;
  readonly subject?: string;
};
/** With the platform's table as it holds at this moment. */
export type DateRetention = OfMatter & { readonly type: 'DateRetention'; readonly table: RetentionTable };
export type ProposeDestruction = OfMatter & { readonly type: 'ProposeDestruction'; readonly orders: readonly string[] };
export type PutOffProposal = OfMatter & { readonly type: 'PutOffProposal'; readonly why: PrivacyRefusal };
export type ForgetMatter = OfMatter & { readonly type: 'ForgetMatter' };
/** Says no while the matter has to be kept, and nothing otherwise. */
export type CheckKept = OfMatter & { readonly type: 'CheckKept'; readonly why: Code<'key-order-why'> };
export type MatterCommand = HearMatter | DateRetention | ProposeDestruction | PutOffProposal | ForgetMatter | CheckKept;

/** A hold may stand for years; once a week is often enough to ask whether it still does. */
const putOffFor = 'P7D';

/** Said once; what happened before the last of its kind says nothing new. */
const hear = ({ matter, what, happenedAt, account, subject }: HearMatter, state: Matter): MatterDecision => {
  const heard = { type: 'MatterHeard', matter, what, happenedAt, ...(account && { account }), ...(subject && { subject }) } as const;
  if (what === 'opened') return state.stage === 'unknown' ? [heard] : [];
  const before = what === 'reopened' ? state.reopenedAt : state.facts[what];
  return before === undefined || before < happenedAt ? [heard] : [];
};

/** Only what has ended runs out. A new version of the table dates anew, for longer or for shorter. */
const date = ({ matter, table }: DateRetention, { stage, facts, kept }: Matter): MatterDecision => {
  const now = keptUntil(table, facts);
  if (stage !== 'closed' || !now) return [];
  if (kept?.until === now.until && kept.table === table.version) return [];
  return [{ type: 'RetentionDated', matter, table: table.version, ...now }];
};

/** Of two that propose at once one is too late. */
const propose = ({ matter, orders, at }: ProposeDestruction, { stage, nextLook }: Matter): MatterDecision => {
  if (stage !== 'closed' || nextLook === undefined || nextLook > at) return refuse('proposal-stands');
  return [{ type: 'DestructionProposed', matter, orders, nextLook: instantPlus(at, proposedFor) }];
};

const putOff = ({ matter, why, at }: PutOffProposal, { stage, nextLook }: Matter): MatterDecision =>
  stage === 'closed' && nextLook !== undefined && nextLook <= at
    ? [{ type: 'ProposalPutOff', matter, why, until: instantPlus(at, putOffFor) }]
    : [];

/** Only a matter that has ended is over; of one that goes on new keys may be made. */
const forget = ({ matter }: ForgetMatter, { stage }: Matter): MatterDecision =>
  stage === 'closed' ? [{ type: 'MatterForgotten', matter }] : [];

/** These are stronger than any period: what must not have been kept is not kept because it was. */
const stronger: ReadonlySet<Code<'key-order-why'>> = new Set(['authority-order', 'unlawful-processing', 'sealed-by-mistake']);

const check = ({ matter, why, at }: CheckKept, { stage, kept }: Matter): MatterDecision => {
  if (stronger.has(why) || stage === 'forgotten') return [];
  if (stage === 'unknown') return why === 'never-received' ? [] : refuse('matter-is-unknown', { facts: { matter } });
  if (stage === 'open' || !kept) return refuse('matter-is-open', { facts: { matter } });
  return kept.until > at ? refuse('retention-runs', { facts: { matter, until: kept.until, basis: kept.basis } }) : [];
};

/** How long what is known of a matter is kept, and when somebody has to look. */
export const matterRetention: Decider<MatterCommand, MatterEvent, Matter, PrivacyRefusal> = {
  initial,
  evolve,
  decide: decisions({
    HearMatter: hear,
    DateRetention: date,
    ProposeDestruction: propose,
    PutOffProposal: putOff,
    ForgetMatter: forget,
    CheckKept: check,
  }),
};

export const streamOfMatter = (matter: string): string => `matter-${matter}`;
