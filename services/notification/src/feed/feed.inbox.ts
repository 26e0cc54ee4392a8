import { part } from '@recourse/event-store';
import type { Hearing } from '@recourse/edge';
import { feed } from './feed.js';
import { whenSaid } from './policy.js';

/** Everything the platform may read stands in its feed, in the order we heard it. Its own notices are among it. */
export const feedHearing: Hearing = {
  consumer: 'notification-feed',
  topics: ['recourse.complaint.v1', 'recourse.case.v1', 'recourse.account-lock.v1'],
  own: true,
  react: (message) => {
    const told = whenSaid(message);
    if (!told) return [];
    const stream = `feed-${message.tenant}`;
    return [{ stream, corr: message.corr, parts: (by) => [part(feed, stream, { type: 'TellPlatform', ...by, told })] }];
  },
};
