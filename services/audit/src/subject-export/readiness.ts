import type { SubjectRequestHistory } from '@recourse/contracts';

/** Who asks. */
type Asking = { readonly role: string; readonly sub: string };
type Readiness =
  | { readonly then: 'not-theirs' }
  | { readonly then: 'not-ready' }
  | { readonly then: 'expired'; readonly ended: string }
  | { readonly then: 'ready'; readonly madeReadyAt: string; readonly expiresAt: string };

/** An export is ready when an officer has answered that the data is given, which he does when he knows who asked; and for some days from then. */
export const readinessOf = (
  { kind, subject, answered }: SubjectRequestHistory,
  { role, sub }: Asking,
  now: string,
  days: number,
): Readiness => {
  if (role === 'customer' && subject !== sub) return { then: 'not-theirs' };
  if (kind !== 'access' || answered?.how !== 'given') return { then: 'not-ready' };
  const expiresAt = new Date(Date.parse(answered.at) + days * 86_400_000).toISOString();
  return now < expiresAt ? { then: 'ready', madeReadyAt: answered.at, expiresAt } : { then: 'expired', ended: expiresAt };
};
