import { instantPlus, type Code } from '@recourse/contracts';
import { pendingAbout, refuse, whyNotDecided, whyNotWithdrawn, type WhyNotDecided } from '@recourse/decider';
import type { TenantRefusal } from './refusals.js';
import type { Closure, LiveTenant, Tenant, TenantDecision, Told } from './tenant.js';

export type AskClosure = Told & { readonly type: 'AskClosure'; readonly request: string; readonly why: Code<'tenant-closed-why'> };
export type ApproveClosure = Told & { readonly type: 'ApproveClosure'; readonly request: string };
export type DenyClosure = Told & { readonly type: 'DenyClosure'; readonly request: string; readonly why?: Code<'tenant-close-denied-why'> };
export type WithdrawClosure = Told & { readonly type: 'WithdrawClosure'; readonly request: string };

/** An approval is given to what was seen, and soon: after that somebody asks anew. */
const approvalWithin = 'PT4H';

/** Whoever is closed cannot complain here any more, nor be complained about: one operator asks, with a reason. */
export const askClosure = ({ request, why, by, at }: AskClosure, tenant: Tenant): TenantDecision => {
  if (tenant.stage !== 'open') return refuse('tenant-is-closed');
  const open = pendingAbout(tenant.closures, tenant.changes, at);
  if (open) return refuse('closure-is-asked-for', { facts: { request: open.request } });
  return [{ type: 'TenantCloseAsked', request, why, askedBy: by.actor, expiresAt: instantPlus(at, approvalWithin) }];
};

/** Another operator agrees, in time, to the platform as it was when he was asked. */
export const approveClosure = ({ request, by, at }: ApproveClosure, tenant: Tenant): TenantDecision => {
  const [closure, live] = closureOf(tenant, request);
  const not = whyNotDecided(closure, { by, at }, live.changes);
  if (not) return refuse(refusals[not]);
  return [{ type: 'TenantClosed', request, why: closure.why, askedBy: closure.askedBy }];
};

export const denyClosure = ({ request, why, by, at }: DenyClosure, tenant: Tenant): TenantDecision => {
  const [closure] = closureOf(tenant, request);
  // A denial is right for a platform that has changed since as well.
  const not = whyNotDecided(closure, { by, at }, closure.about);
  if (not) return refuse(refusals[not]);
  return why ? [{ type: 'TenantCloseDenied', request, why }] : refuse('closure-denial-needs-a-reason', { pointers: ['/why'] });
};

/** Taken back by who asked, however old it is. */
export const withdrawClosure = ({ request, by }: WithdrawClosure, tenant: Tenant): TenantDecision => {
  const not = whyNotWithdrawn(closureOf(tenant, request)[0], { by });
  if (not) return refuse(not === 'is-decided' ? 'closure-is-decided' : 'somebody-else-asked');
  return [{ type: 'TenantCloseWithdrawn', request }];
};

const closureOf = (tenant: Tenant, id: string): readonly [Closure, LiveTenant] => {
  const live = tenant.stage === 'nobody' ? undefined : tenant;
  const found = live?.closures.find(({ request }) => request === id);
  if (!live || !found) throw new Error('nobody asked for this closure in this stream');
  return [found, live];
};

const refusals = {
  'is-decided': 'closure-is-decided',
  'second-person-is-the-first': 'second-person-is-the-first',
  'has-expired': 'closure-has-expired',
  'has-moved-on': 'tenant-has-changed-since',
} as const satisfies Readonly<Record<WhyNotDecided, TenantRefusal>>;
