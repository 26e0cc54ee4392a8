import type { By } from '@recourse/event-store';

/** Everyone who may call, by role: a token carries exactly one. */
export const roles = ['platform', 'customer', 'agent', 'supervisor', 'auditor', 'operator', 'privacy-officer'] as const;
export type Role = (typeof roles)[number];

export const isRole = (text: unknown): text is Role => roles.includes(text as Role);

/** Who calls, as a verified access token says. For a customer `sub` is the platform's own id of the customer. */
export type Caller = {
  readonly sub: string;
  readonly role: Role;
  readonly tenant: string;
  readonly client: string;
  readonly badge?: string;
  readonly skills: readonly string[];
  /** How strongly the caller signed in, and when (seconds since 1970). */
  readonly acr?: string;
  readonly authTime?: number;
};

/** What a record says of who did it. A platform acting for one of its customers names that customer in `forSubject`. */
export const byOf = (caller: Caller, forSubject?: string): By => ({
  actor: caller.sub,
  role: caller.role,
  client: caller.client,
  ...(forSubject !== undefined && { for: forSubject }),
});
