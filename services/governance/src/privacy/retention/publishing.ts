import { instantPlus, retentionDuration, type Code, type RetentionTable } from '@recourse/contracts';
import { decisions, never, refuse, type Decider, type Decision } from '@recourse/decider';
import type { EventMeta, Instant } from '@recourse/event-store';
import type { PrivacyRefusal } from '../refusals.js';
import { refusedToDecide, refusedToWithdraw, type Told } from '../second-person.js';

export type RetentionTableEvent = EventMeta &
  (
    | ({
        readonly type: 'RetentionTableAsked';
        readonly effectiveFrom: Instant;
        readonly askedBy: string;
        readonly expiresAt: Instant;
      } & RetentionTable)
    | { readonly type: 'RetentionTablePublished'; readonly version: number; readonly effectiveFrom: Instant }
    | { readonly type: 'RetentionTableDenied'; readonly version: number; readonly why: Code<'retention-denied-why'> }
    | { readonly type: 'RetentionTableWithdrawn'; readonly version: number }
  );

type OfVersion = Told & { readonly version: number };
export type AskRetentionTable = Told & RetentionTable & { readonly type: 'AskRetentionTable'; readonly effectiveFrom: Instant };
export type PublishRetentionTable = OfVersion & { readonly type: 'PublishRetentionTable' };
export type DenyRetentionTable = OfVersion & { readonly type: 'DenyRetentionTable'; readonly why: Code<'retention-denied-why'> };
export type WithdrawRetentionTable = OfVersion & { readonly type: 'WithdrawRetentionTable' };
export type RetentionTableCommand = AskRetentionTable | PublishRetentionTable | DenyRetentionTable | WithdrawRetentionTable;

type Asked = { readonly version: number; readonly effectiveFrom: Instant; readonly askedBy: string; readonly expiresAt: Instant };
export type RetentionTables = {
  /** The last version that was published, 0 before any. */
  readonly published: number;
  readonly effectiveFrom: Instant;
  readonly pending?: Asked;
};
type RetentionTableDecision = Decision<RetentionTableEvent, PrivacyRefusal>;

const approvalWithin = 'P14D';
/** A record holds 8 KiB. */
const mostRows = 24;

const evolve = (state: RetentionTables, event: RetentionTableEvent): RetentionTables => {
  const { pending: _pending, ...rest } = state;
  switch (event.type) {
    case 'RetentionTableAsked': {
      const { version, effectiveFrom, askedBy, expiresAt } = event;
      return { ...rest, pending: { version, effectiveFrom, askedBy, expiresAt } };
    }
    case 'RetentionTablePublished':
      return { published: event.version, effectiveFrom: event.effectiveFrom };
    case 'RetentionTableDenied':
    case 'RetentionTableWithdrawn':
      return rest;
    default:
      return never(event);
  }
};

/** The next version, never of the past, never before the one before it, with a period for every matter that ends. */
const ask = (
  { version, jurisdictions, products, rows, effectiveFrom, by, at }: AskRetentionTable,
  state: RetentionTables,
): RetentionTableDecision => {
  if (state.pending && state.pending.expiresAt > at) return refuse('version-is-pending');
  if (version !== state.published + 1) return refuse('table-is-outdated', { pointers: ['/version'], facts: { next: state.published + 1 } });
  if (effectiveFrom <= at) return refuse('effective-in-the-past', { pointers: ['/effectiveFrom'] });
  if (effectiveFrom <= state.effectiveFrom)
    return refuse('effective-before-the-last', { pointers: ['/effectiveFrom'], facts: { last: state.effectiveFrom } });
  if (rows.length > mostRows || rows.some(({ duration }) => !retentionDuration.test(duration))) return refuse('rows-are-wrong', { pointers: ['/rows'], facts: { most: mostRows } }); // prettier-ignore
  const always = rows.some(({ jurisdiction, product, starts }) => jurisdiction === 'any' && product === 'any' && starts === 'closed');
  if (!always) return refuse('table-has-no-end', { pointers: ['/rows'] });
  const table = { version, jurisdictions, products, rows, effectiveFrom };
  return [{ type: 'RetentionTableAsked', ...table, askedBy: by.actor, expiresAt: instantPlus(at, approvalWithin) }];
};

const asAsked = ({ pending }: RetentionTables, version: number) =>
  pending?.version === version
    ? ({ ...pending, about: version, stage: 'asked' } as const)
    : ({ askedBy: '', expiresAt: '', about: version, stage: 'ended' } as const);

/** What would begin in the past by now is asked for anew. */
const publish = (command: PublishRetentionTable, state: RetentionTables): RetentionTableDecision => {
  const { version, at } = command;
  const no = refusedToDecide(asAsked(state, version), command, version);
  if (no) return no;
  const { effectiveFrom } = state.pending!;
  if (effectiveFrom <= at) return refuse('effective-in-the-past');
  return [{ type: 'RetentionTablePublished', version, effectiveFrom }];
};

const deny = (command: DenyRetentionTable, state: RetentionTables): RetentionTableDecision =>
  refusedToDecide(asAsked(state, command.version), command, command.version) ?? [
    { type: 'RetentionTableDenied', version: command.version, why: command.why },
  ];

const withdraw = (command: WithdrawRetentionTable, state: RetentionTables): RetentionTableDecision =>
  refusedToWithdraw(asAsked(state, command.version), command) ?? [{ type: 'RetentionTableWithdrawn', version: command.version }];

/** A platform's own table of periods: one officer asks, another one publishes. */
export const retentionTables: Decider<RetentionTableCommand, RetentionTableEvent, RetentionTables, PrivacyRefusal> = {
  initial: { published: 0, effectiveFrom: '' },
  evolve,
  decide: decisions({
    AskRetentionTable: ask,
    PublishRetentionTable: publish,
    DenyRetentionTable: deny,
    WithdrawRetentionTable: withdraw,
  }),
};

export const streamOfTable = (tenant: string): string => `retention-${tenant}`;
