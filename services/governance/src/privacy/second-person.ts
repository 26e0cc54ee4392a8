import { refuse, whyNotDecided, whyNotWithdrawn, type Acting, type AskedOf, type Refusal, type WhyNotDecided } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import type { PrivacyRefusal } from './refusals.js';

export type Told = { readonly by: By; readonly at: Instant };

const refusals = {
  'is-decided': 'request-is-decided',
  'second-person-is-the-first': 'second-person-is-the-first',
  'has-expired': 'request-has-expired',
  'has-moved-on': 'list-has-changed',
} as const satisfies Readonly<Record<WhyNotDecided, PrivacyRefusal>>;

/** The no of whoever may not decide now; undefined when he may. */
export const refusedToDecide = <Thing>(
  asked: AskedOf<Thing>,
  acting: Acting,
  stands: Thing | undefined,
): Refusal<PrivacyRefusal> | undefined => {
  const why = whyNotDecided(asked, acting, stands);
  return why && refuse(refusals[why]);
};

/** The no of whoever may not take it back. */
export const refusedToWithdraw = (asked: AskedOf<unknown>, acting: Pick<Acting, 'by'>): Refusal<PrivacyRefusal> | undefined => {
  const why = whyNotWithdrawn(asked, acting);
  return why && refuse(why === 'is-decided' ? 'request-is-decided' : why);
};
