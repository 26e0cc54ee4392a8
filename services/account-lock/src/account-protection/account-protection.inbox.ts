import type { Hearing, Reaction } from '@recourse/edge';
import { eventOf, part, type EventStore } from '@recourse/event-store';
import { v7 as uuid } from 'uuid';
import { evolve, initial, type AccountContactEvent } from '../account-contact/account-contact.js';
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
  react: async ({ type, tenant, cause, corr, data }, { settings, store }): Promise<readonly Reaction[]> => {
    const { account } = data as { account?: string };
    if (!account) return [];
    const stream = `account-${tenant}-${account}`;
    const because = { cause, id: uuid() };
    const command =
      type === 'ComplaintReceived'
        ? whenComplaintReceived(data as ClaimHeard, because, settings.of(tenant).claimLockFor, await holdersOf(store, tenant, account))
        : type === 'CaseAssessed'
          ? whenCaseAssessed(data as AssessmentHeard, because)
          : type === 'ProtectionAsked'
            ? whenProtectionAsked(data as WishHeard, because.id)
            : undefined;
    return command ? [{ stream, corr, parts: (told) => [part(accountProtection, stream, command(told))] }] : [];
  },
};

/** Whose account it is, by the routes the platform has registered for it. */
const holdersOf = async (store: EventStore, tenant: string, account: string): Promise<readonly string[]> => {
  const past = await store.readStream(`contact-${tenant}-${account}`);
  const { routes } = past.map((record) => eventOf<AccountContactEvent>(record)).reduce(evolve, initial);
  return routes.flatMap(({ subject }) => subject ?? []);
};
