import type { AccountProtectionHistory } from '@recourse/contracts';
import type { Recorded } from '@recourse/event-store';
import type { Announcement } from '@recourse/relay';
import type { AccountProtectionEvent } from './account-protection.js';

const topic = 'recourse.account-lock.v1';

type Said = Readonly<Record<string, unknown>>;

/** The account a stream is about: its id is the platform's, so the stream carries the tenant before it. */
export const accountOf = ({ stream, tenant }: Pick<Recorded, 'stream' | 'tenant'>, prefix = 'account'): string =>
  stream.slice(`${prefix}-${tenant}-`.length);

/** What a message keeps of its event. The order of an authority and the proofs of an owner stay in the house. */
const told: Readonly<Partial<Record<AccountProtectionEvent['type'], readonly string[]>>> = {
  AccountWatched: ['cause', 'causeRef', 'matter', 'rule'],
  AccountLocked: ['lock', 'scope', 'cause', 'causeRef', 'matter', 'until', 'liftableBy', 'rule', 'disclosable'],
  LockDeclined: ['why', 'cause', 'causeRef', 'matter'],
  LockConfirmed: ['lock', 'matter'],
  LockLapsed: ['lock', 'matter'],
  LockLifted: ['lock', 'matter', 'request'],
  LimitSet: ['limit', 'kind', 'amount', 'until', 'cause', 'causeRef', 'matter'],
  LimitLifted: ['limit', 'matter'],
  LimitExpired: ['limit', 'matter'],
  UnlockRequested: ['request', 'locks'],
  IdentityConfirmed: ['request'],
  UnlockApproved: ['request', 'locks'],
  UnlockDenied: ['request', 'why'],
  AccountUnlocked: ['request', 'seconds'],
};

/**
 * What the neighbours and the wallet are told. Every change carries its number and how the account stands after it, so that whoever hears
 * two of them in the wrong order keeps the higher number and is right. What the customer may not know about a lock is marked to the end.
 */
export const announce = (event: Recorded, history: unknown): readonly Announcement[] => {
  const fields = told[event.type as AccountProtectionEvent['type']];
  if (!fields) return [];
  const { state, locks } = history as AccountProtectionHistory;
  const { data } = event;
  const account = accountOf(event);
  const lock = locks.find((one) => one.lock === data['lock']);
  const said: Said = {
    account,
    ...('sequence' in data && { sequence: data['sequence'], state }),
    ...Object.fromEntries(fields.filter((field) => data[field] !== undefined).map((field) => [field, data[field]])),
    ...(lock && { disclosable: lock.disclosable }),
  };
  return [{ topic, key: `${event.tenant}/${account}`, type: event.type, data: said }];
};
