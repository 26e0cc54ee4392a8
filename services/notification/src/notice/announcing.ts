import type { NoticeHistory } from '@recourse/contracts';
import type { Recorded } from '@recourse/event-store';
import type { Announcement } from '@recourse/relay';
import type { NoticeEvent, WhyGivenUp } from './notice.js';

const topic = 'recourse.notice.v1';

/** What the neighbours can do about a notice given up, in the codes of contracts/taxonomy (undelivered-why). */
const undelivered: Readonly<Record<WhyGivenUp, string>> = {
  'no-route': 'no-route',
  'route-distrusted': 'no-route',
  'turned-off': 'turned-off',
  'code-expired': 'gave-up',
  'content-unreadable': 'gave-up',
  rejected: 'rejected',
  'gave-up': 'gave-up',
  'platform-could-not-deliver': 'gave-up',
};

/** Which notice, about whom, for what: never a word of what it says. */
const aboutOf = ({ notice, channel, heard, template, letter, promise, matter, account, stepUp, route }: NoticeHistory) => ({
  notice,
  channel,
  cause: heard,
  template: template.id,
  ...(letter && { letter }),
  ...(promise && { promise }),
  ...(matter && { matter }),
  ...(account && { account }),
  ...(stepUp && { stepUp }),
  ...(route && { route }),
});

/** Of all that is recorded of a notice, what the other services and the platform are told. */
export const announce = (record: Recorded, state: unknown): readonly Announcement[] => {
  const history = state as NoticeHistory;
  const key = history.matter ?? `${record.tenant}/${history.account ?? history.subject ?? history.notice}`;
  const data = record.data as Readonly<Record<string, string>>;
  const say = (type: string, more: Readonly<Record<string, string>>): readonly Announcement[] => [
    { topic, key, type, data: { ...aboutOf(history), ...more } },
  ];
  switch (record.type as NoticeEvent['type']) {
    case 'NoticeSent':
      return say('NoticeSent', { sentAt: data['sentAt']! });
    case 'NoticeDelivered':
      return say('NoticeDelivered', { deliveredAt: data['deliveredAt']! });
    case 'NoticeBounced':
      return say('NoticeBounced', { bouncedAt: data['bouncedAt']!, why: 'bounced' });
    case 'NoticeGivenUp':
      return say('NoticeGivenUp', { why: undelivered[data['why'] as WhyGivenUp] ?? 'gave-up' });
    case 'NoticeHandedOver':
      return say('NoticeHandedOver', {});
    case 'NoticePlanned':
    case 'SendingStarted':
    case 'NoticeFailed':
      return [];
    default:
      return [];
  }
};
