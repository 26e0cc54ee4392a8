import { referenceFrom, type PolicyVersions } from '@recourse/contracts';
import type { Hearing, Reaction, Tools } from '@recourse/edge';
import { part, type Claim, type EventStore, type SealedRef } from '@recourse/event-store';
import type { Message } from '@recourse/relay';
import { randomBytes } from 'node:crypto';
import { openCasesOf, type CaseRow } from './caseload.view.js';
import type { Facts } from './complaint-case.js';
import { complaintCase } from './deciding.js';
import {
  whenCategoryChosen,
  whenCheckRecorded,
  whenComplaintReceived,
  whenDetailsGiven,
  whenEvidenceReceived,
  whenLockDeclined,
  whenLockedByRule,
  whenMerchantReviews,
  whenNoticeGivenUp,
  whenNoticeSent,
  whenProtectionChanges,
  type ComplaintHeard,
  type ProtectionHeard,
  type Then,
} from './policy.js';

const streamOf = (matter: string): string => `case-${matter}`;
const caseOf = (stream: string): string => stream.slice('case-'.length);

/** Commands for one case, as the reaction that carries them out together. */
const forCase = (matter: string, thens: readonly Then[], more: Partial<Reaction> = {}): readonly Reaction[] => {
  const [first, ...rest] = thens;
  if (!first) return [];
  const stream = streamOf(matter);
  return [
    {
      stream,
      corr: matter,
      parts: (told) => [part(complaintCase, stream, first(told)), ...rest.map((then) => part(complaintCase, stream, then(told)))],
      ...more,
    },
  ];
};

/** A reference is one case's for ever: the first event of its own stream. */
const claimOf = (reference: string, matter: string): Claim => ({
  stream: `reference-${reference}`,
  event: { type: 'ReferenceAssigned', matter } as Claim['event'],
});

const refsOf = ({ sealed }: Message): readonly SealedRef[] => sealed.map(({ id, group, key, h }) => ({ id, group, key, h }));

/** intake: a complaint opens its case; what is told later is noted. */
const complaints: Hearing = {
  consumer: 'case-tracking-complaints',
  topics: ['recourse.complaint.v1'],
  react: async (message, tools, targets) => {
    const { matter } = message.data as { matter: string };
    switch (message.type) {
      case 'ComplaintReceived': {
        const heard = message.data as unknown as ComplaintHeard;
        const protective = (targets?.map(caseOf) ?? (await protectiveCases(tools, message.tenant, heard.account))).filter(
          (id) => id !== matter,
        );
        const opening = [...whenComplaintReceived(heard, refsOf(message), tools.settings.of(message.tenant)), ...protective.map(linkedTo)];
        return [
          ...forCase(matter, opening, { claims: [claimOf(heard.reference, matter)] }),
          ...protective.flatMap((id) => forCase(id, [linkedTo(matter)])),
        ];
      }
      case 'DetailsGiven': {
        const { details, known } = message.data as { details: Facts; known: readonly string[] };
        return forCase(matter, whenDetailsGiven({ details, known }, refsOf(message), await settingsOfCase(tools, message.tenant, matter)));
      }
      case 'CategoryChosen':
        return forCase(matter, [whenCategoryChosen(message.data as { category: string })]);
      case 'CheckRecorded':
        return forCase(matter, [whenCheckRecorded(message.data as Parameters<typeof whenCheckRecorded>[0])]);
      case 'EvidenceReceived':
        return forCase(matter, [whenEvidenceReceived(message.data as Parameters<typeof whenEvidenceReceived>[0])]);
      default:
        return [];
    }
  },
};

/** What its platform had settled when the case was opened: that is what holds for it. */
export const settingsOfCase = async ({ store, settings }: Pick<Tools, 'store' | 'settings'>, tenant: string, matter: string) => {
  const [opened] = await store.readStream(streamOf(matter), { version: 0 });
  return settings.pinned(tenant, opened?.data['policies'] as PolicyVersions | undefined);
};

const linkedTo =
  (other: string): Then =>
  (told) => ({ type: 'LinkCases', ...told, other, relation: 'protective' });

/** account-lock: every change is noted on each open case of the account; a lock by rule that no case stands for gets a protective one. */
const protection: Hearing = {
  consumer: 'case-tracking-protection',
  topics: ['recourse.account-lock.v1'],
  react: async ({ type, data: told, tenant, time }, tools, targets) => {
    const data = told as ProtectionHeard['data'];
    const { account, matter, cause, lock, rule } = data;
    const note = type === 'LockDeclined' ? whenLockDeclined(data) : whenProtectionChanges({ type, data });
    if (!note) return [];
    if (matter) await begun(tools.store, matter);
    if (type === 'LockDeclined') return matter ? forCase(matter, [note]) : [];
    const open = targets?.map(caseOf) ?? (await openCases(tools, tenant, account)).map((row) => row.case);
    const cases = new Set(matter ? [matter, ...open] : open);
    return cases.size === 0 && type === 'AccountLocked' && cause === 'rule' && lock
      ? protecting(lock, { account, ...(rule && { rule }), time }, note, tools.settings.of(tenant))
      : [...cases].flatMap((id) => forCase(id, [note]));
  },
};

/** The lock's own id names the case, so that hearing of it twice opens one. */
const protecting = (
  lock: string,
  about: Parameters<typeof whenLockedByRule>[0],
  note: Then,
  settings: Parameters<typeof whenLockedByRule>[2],
): readonly Reaction[] => {
  const reference = referenceFrom('R', randomBytes(8));
  return forCase(lock, [whenLockedByRule(about, reference, settings), note], { claims: [claimOf(reference, lock)] });
};

/** Asked of a view that has caught up with us: what we opened a moment ago counts. */
const openCases = async ({ store, views }: Tools, tenant: string, account: string): Promise<readonly CaseRow[]> => {
  await views.caughtUp(await store.head());
  return views.read(tenant, (manager) => openCasesOf(manager, account));
};

const protectiveCases = async (tools: Tools, tenant: string, account: string | undefined): Promise<readonly string[]> =>
  account ? (await openCases(tools, tenant, account)).filter(({ kind }) => kind === 'protective').map((row) => row.case) : [];

const patience = 3_000;

/**
 * account-lock may be quicker than we are: what it says of a claim waits a moment for the case of that claim. A refusal would be an answer for
 * ever; an error is tried again.
 */
const begun = async (store: EventStore, matter: string): Promise<void> => {
  for (const giveUp = performance.now() + patience; ;) {
    const head = await store.head();
    if ((await store.readStream(streamOf(matter))).length > 0) return;
    const left = giveUp - performance.now();
    if (left <= 0) throw new Error('the case of this matter has not been opened yet');
    await store.waitFor(head, left);
  }
};

/** notification: a letter has left, or could not be delivered. */
const letters: Hearing = {
  consumer: 'case-tracking-letters',
  topics: ['recourse.notice.v1'],
  react: ({ type, data }) => {
    const { matter } = data as { matter?: string };
    if (!matter) return [];
    const then =
      type === 'NoticeSent'
        ? whenNoticeSent(data as Parameters<typeof whenNoticeSent>[0])
        : type === 'NoticeGivenUp'
          ? whenNoticeGivenUp(data as Parameters<typeof whenNoticeGivenUp>[0])
          : undefined;
    return then ? forCase(matter, [then]) : [];
  },
};

/** Our own guard of the money: for whom the case waits. (That the money is back is recorded in the append that says so.) */
const reviews: Hearing = {
  consumer: 'case-tracking-merchant-reviews',
  topics: [],
  own: true,
  react: ({ type, data }) => {
    const then = whenMerchantReviews(type, data as Parameters<typeof whenMerchantReviews>[1]);
    return then ? forCase((data as { matter: string }).matter, [then]) : [];
  },
};

export const caseHears: readonly Hearing[] = [complaints, protection, letters, reviews];
