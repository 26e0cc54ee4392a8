import type { ComplaintHistory } from '@recourse/contracts';
import type { Caller } from '@recourse/identity';

/** A customer sees and touches his own complaint, or one he has been accepted to act in. Everybody else is bound by the tenant alone. */
export const isTheirs = ({ subject, representatives }: ComplaintHistory, { role, sub }: Pick<Caller, 'role' | 'sub'>): boolean =>
  role !== 'customer' || subject === sub || representatives.some((one) => one.subject === sub && one.authority === 'accepted');
