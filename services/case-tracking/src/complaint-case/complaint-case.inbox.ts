import { referenceFrom } from '@recourse/contracts';
import type { Hearing, Reaction, Tools } from '@recourse/edge';
import { part, type Claim, type EventStore, type SealedRef } from '@recourse/event-store';
import type { Message } from '@recourse/relay';
import { randomBytes } from 'node:crypto';
import { openCasesOf } from './caseload.view.js';
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
  whenMoneyMoves,
  whenNoticeGivenUp,
  whenNoticeSent,
  whenProtectionChanges,
  type ComplaintHeard,
  type ProtectionHeard,
  type Then,
} from './policy.js';

const streamOf = (matter: string): string => `case-${matter}`;

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
  react: async (message, { settings, views }) => {
    const { matter } = message.data as { matter: string };
    const platform = settings.of(message.tenant);
    switch (message.type) {
      case 'ComplaintReceived': {
        const heard = message.data as unknown as ComplaintHeard;
        const { account, reference } = heard;
        const open = account ? await views.read(message.tenant, (manager) => openCasesOf(manager, account)) : [];
        const protective = open.filter(({ kind }) => kind === 'protective');
        const opening = [...whenComplaintReceived(heard, refsOf(message), platform), ...protective.map((row) => linkedTo(row.case))];
        return [
          ...forCase(matter, opening, { claims: [claimOf(reference, matter)] }),
          ...protective.flatMap((row) => forCase(row.case, [linkedTo(matter)])),
        ];
      }
      case 'DetailsGiven': {
        const { details, known } = message.data as { details: Facts; known: readonly string[] };
        return forCase(matter, whenDetailsGiven({ details, known }, refsOf(message), platform));
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

const linkedTo =
  (other: string): Then =>
  (told) => ({ type: 'LinkCases', ...told, other, relation: 'protective' });

/** account-lock: every change is noted on each open case of the account; a lock by rule that no case stands for gets a protective one. */
const protection: Hearing = {
  consumer: 'case-tracking-protection',
  topics: ['recourse.account-lock.v1'],
  react: async (message, tools) => {
    const { data } = message as Message<string, ProtectionHeard['data']>;
    const { account, matter } = data;
    if (matter) await begun(tools.store, matter);
    if (message.type === 'LockDeclined') return matter ? forCase(matter, [whenLockDeclined(data)]) : [];
    const note = whenProtectionChanges({ type: message.type, data });
    if (!note) return [];
    const cases = new Set([...(matter ? [matter] : []), ...(await openCases(tools, message.tenant, account))]);
    const { cause, lock, rule } = data;
    return cases.size === 0 && message.type === 'AccountLocked' && cause === 'rule' && lock
      ? protecting(lock, { account, ...(rule && { rule }), time: message.time }, note, tools.settings.of(message.tenant))
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

const openCases = async ({ store, views }: Tools, tenant: string, account: string): Promise<readonly string[]> => {
  await views.caughtUp(await store.head());
  return (await views.read(tenant, (manager) => openCasesOf(manager, account))).map((row) => row.case);
};

/** account-lock may be quicker than we are: what it says of a claim waits a moment for the case of that claim. */
const begun = async (store: EventStore, matter: string): Promise<void> => {
  for (let looks = 0; looks < 10; looks++) {
    const head = await store.head();
    if ((await store.readStream(streamOf(matter))).length > 0) return;
    await store.waitFor(head, 1_000);
  }
  throw new Error('the case of this matter has not been opened yet');
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

/** Our own guard of the money: for whom the case waits, and when the money is back. */
const money: Hearing = {
  consumer: 'case-tracking-money',
  topics: [],
  own: true,
  react: ({ type, data }) => {
    const then = whenMoneyMoves(type, data as Parameters<typeof whenMoneyMoves>[1]);
    return then ? forCase((data as { matter: string }).matter, [then]) : [];
  },
};

export const caseHears: readonly Hearing[] = [complaints, protection, letters, money];
