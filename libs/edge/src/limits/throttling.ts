import type { LimitsOfTenant } from '@recourse/contracts';
import type { Caller } from '@recourse/identity';

/** Whose requests are counted together. `address` is for those who have not said who they are. */
export const policies = ['tenant', 'client', 'subject', 'address'] as const;
export type PolicyName = (typeof policies)[number];

/** Every policy grants so many requests within this many seconds. */
export const windowSeconds = 60;

/** One policy as it stands after a request was counted. */
export type Counted = {
  readonly policy: PolicyName;
  readonly most: number;
  readonly left: number;
  /** Seconds until the window ends. */
  readonly endsIn: number;
  readonly exceeded: boolean;
};

/** What a caller is counted as. No sign can stand in an id twice over: the parts are told apart by their lengths. */
export const keyOf = (policy: Exclude<PolicyName, 'address'>, { tenant, client, role, sub }: Caller): string => {
  const parts = { tenant: [tenant], client: [tenant, client], subject: [tenant, role, sub] }[policy];
  return [policy, ...parts.map((part) => `${part.length}:${part}`)].join(' ');
};

/** How many requests a policy grants within its window. */
export const grantedBy = (policy: Exclude<PolicyName, 'address'>, { rates }: LimitsOfTenant): number => rates[policy];

/** The policies a caller may see: what a whole platform does is no affair of its single customer. */
export const shownTo = (role: Caller['role'], counted: readonly Counted[]): readonly Counted[] =>
  role === 'customer' ? counted.filter(({ policy }) => policy === 'subject') : counted;

/** `RateLimit-Policy` and `RateLimit` as the IETF's draft has them (draft-ietf-httpapi-ratelimit-headers): lists, seconds from now. */
export const rateLimitHeaders = (counted: readonly Counted[]): Readonly<Record<'ratelimit-policy' | 'ratelimit', string>> => ({
  'ratelimit-policy': counted.map(({ policy, most }) => `"${policy}";q=${most};w=${windowSeconds}`).join(', '),
  ratelimit: counted.map(({ policy, left, endsIn }) => `"${policy}";r=${left};t=${endsIn}`).join(', '),
});

/** The policy that says no, if any: the one that says it longest, so that waiting once is enough. */
export const refusing = (counted: readonly Counted[]): Counted | undefined =>
  counted.filter(({ exceeded }) => exceeded).sort((one, other) => other.endsIn - one.endsIn)[0];
