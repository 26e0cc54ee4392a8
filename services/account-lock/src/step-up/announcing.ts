import type { Recorded } from '@recourse/event-store';
import type { Announcement } from '@recourse/relay';
import { accountOf } from '../account-protection/announcing.js';
import type { StepUpEvent } from './step-up.js';

const told: Readonly<Partial<Record<StepUpEvent['type'], readonly string[]>>> = {
  StepUpAsked: ['stepUp', 'purpose', 'route', 'expires'],
  StepUpPassed: ['stepUp', 'purpose', 'boundTo', 'usableUntil'],
};

/** Notification sends the code, which travels sealed; whoever waits for a passed step-up hears of it. Wrong codes are nobody's business. */
export const announce = (event: Recorded): readonly Announcement[] => {
  const fields = told[event.type as StepUpEvent['type']];
  if (!fields) return [];
  const account = accountOf(event, 'step-up');
  return [
    {
      topic: 'recourse.account-lock.v1',
      key: `${event.tenant}/${account}`,
      type: event.type,
      data: { account, ...Object.fromEntries(fields.map((field) => [field, event.data[field]])) },
      ...(event.sealed && { sealed: event.sealed }),
    },
  ];
};
