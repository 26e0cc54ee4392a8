import type { Hearing, Reaction } from '@recourse/edge';
import { part } from '@recourse/event-store';
import { v7 as uuid } from 'uuid';
import { accountProtection } from './deciding.js';
import {
  whenCaseAssessed,
  whenComplaintReceived,
  whenProtectionAsked,
  type AssessmentHeard,
  type ClaimHeard,
  type WishHeard,
} from './policy.js';

/** Claims, assessments and wishes reach the account they are about. */
export const protectionHearing: Hearing = {
  consumer: 'account-lock-protection',
  topics: ['recourse.complaint.v1', 'recourse.case.v1'],
  react: ({ type, tenant, cause, corr, data }, { settings }): readonly Reaction[] => {
    const { account } = data as { account?: string };
    if (!account) return [];
    const stream = `account-${tenant}-${account}`;
    const because = { cause, id: uuid() };
    const command =
      type === 'ComplaintReceived'
        ? whenComplaintReceived(data as ClaimHeard, because, settings.of(tenant).claimLockFor)
        : type === 'CaseAssessed'
          ? whenCaseAssessed(data as AssessmentHeard, because)
          : type === 'ProtectionAsked'
            ? whenProtectionAsked(data as WishHeard, because.id)
            : undefined;
    return command ? [{ stream, corr, parts: (told) => [part(accountProtection, stream, command(told))] }] : [];
  },
};
