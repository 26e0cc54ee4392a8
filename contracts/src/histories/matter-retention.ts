import type { KeptUntil } from '../retention.js';
import type { Past } from './past.js';

/** What governance knows of a matter, and until when it is kept: GET /v1/privacy/matters/{id}. */
export type MatterRetentionHistory = {
  readonly matter: string;
  readonly account?: string;
  readonly subject?: string;
  /** `open` keeps everything; `forgotten` has no key left. */
  readonly stage: 'open' | 'closed' | 'forgotten';
  readonly receivedAt?: string;
  readonly closedAt?: string;
  readonly reopenedAt?: string;
  readonly moneyMovedAt?: string;
  /** The longest period that applies, by which version of the platform's table. */
  readonly kept?: KeptUntil & { readonly table: number };
  /** When somebody has to look next: the period ends, a proposal that nobody decided has expired, a hold is looked at again. */
  readonly nextLook?: string;
  readonly proposals: readonly { readonly at: string; readonly orders: readonly string[] }[];
  readonly putOff: readonly { readonly at: string; readonly why: string; readonly until: string }[];
};

/** A line of GET /v1/privacy/matters. */
export type MatterRetentionLine = Pick<MatterRetentionHistory, 'matter' | 'stage'> & {
  readonly until?: string;
  readonly basis?: string;
  readonly table?: number;
  readonly nextLook?: string;
};

type Heard = {
  readonly matter: string;
  readonly what: string;
  readonly happenedAt: string;
  readonly account?: string;
  readonly subject?: string;
};
type Dated = KeptUntil & { readonly table: number };

export const matterRetentionHistory = (history: MatterRetentionHistory | undefined, { type, at, data }: Past): MatterRetentionHistory => {
  if (type === 'MatterHeard') return heard(history, data as Heard);
  if (!history) throw new Error(`a matter cannot begin with ${type}`);
  switch (type) {
    case 'RetentionDated': {
      const { until, basis, jurisdiction, starts, duration, table } = data as Dated;
      return { ...history, kept: { until, basis, jurisdiction, starts, duration, table }, nextLook: until };
    }
    case 'DestructionProposed': {
      const { orders, nextLook } = data as { orders: readonly string[]; nextLook: string };
      return { ...history, nextLook, proposals: [...history.proposals, { at, orders }] };
    }
    case 'ProposalPutOff': {
      const { why, until } = data as { why: string; until: string };
      return { ...history, nextLook: until, putOff: [...history.putOff, { at, why, until }] };
    }
    case 'MatterForgotten': {
      const { nextLook: _nobody, ...rest } = history;
      return { ...rest, stage: 'forgotten' };
    }
    default:
      throw new Error(`unknown to the retention of a matter: ${type}`);
  }
};

const heard = (
  history: MatterRetentionHistory | undefined,
  { matter, what, happenedAt, account, subject }: Heard,
): MatterRetentionHistory => {
  const before: MatterRetentionHistory = history ?? {
    ...{ matter, stage: 'open', proposals: [], putOff: [] },
    ...(account !== undefined && { account }),
    ...(subject !== undefined && { subject }),
  };
  if (what === 'received') return { ...before, receivedAt: happenedAt };
  if (what === 'money-moved') return { ...before, moneyMovedAt: happenedAt };
  if (what === 'closed') return { ...before, stage: 'closed', closedAt: happenedAt };
  if (what !== 'reopened') return before;
  const { kept: _kept, nextLook: _nextLook, ...open } = before;
  return { ...open, stage: 'open', reopenedAt: happenedAt };
};
