import type { Hearing } from '@recourse/edge';
import { part } from '@recourse/event-store';
import { stepUp } from './deciding.js';
import { whenNoticeSent, type NoticeHeard } from './policy.js';

/** Notification says when a code has left. */
export const codesHearing: Hearing = {
  consumer: 'account-lock-codes',
  topics: ['recourse.notice.v1'],
  react: ({ type, tenant, corr, data }) => {
    const heard = data as NoticeHeard;
    const command = type === 'NoticeSent' ? whenNoticeSent(heard) : undefined;
    if (!command) return [];
    const stream = `step-up-${tenant}-${heard.account}`;
    return [{ stream, corr, parts: (told) => [part(stepUp, stream, command(told))] }];
  },
};
