import type { By, Instant, SealedRef } from '@recourse/event-store';
import type { Notice, NoticeDecision, NoticeEvent, Plan, WhyGivenUp } from './notice.js';

/** `obstacle` is what the house already knows when it plans: it says so at once instead of trying. */
export type PlanNotice = {
  readonly type: 'PlanNotice';
  readonly by: By;
  readonly at: Instant;
  readonly plan: Plan;
  readonly obstacle?: WhyGivenUp;
  readonly sealed?: readonly SealedRef[];
};

/** A notice is planned once: its id says for which message, to whom, by which way and in which words. */
export const plan = ({ at, plan, obstacle, sealed = [] }: PlanNotice, state: Notice): NoticeDecision => {
  if (state.stage !== 'not-planned') return [];
  const planned: NoticeEvent = { type: 'NoticePlanned', plannedAt: at, ...plan, ...(sealed.length > 0 && { sealed }) };
  if (obstacle) return [planned, { type: 'NoticeGivenUp', why: obstacle }];
  return plan.channel === 'email' ? [planned] : [planned, { type: 'NoticeHandedOver' }];
};
