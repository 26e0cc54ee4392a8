import {
  policiesInForce,
  policiesNamed,
  settingsWith,
  versionsOf,
  type PolicyVersions,
  type PublishedPolicy,
  type PublishedSettings,
} from '@recourse/contracts';
import { canonical } from '@recourse/event-store';
import { createHash } from 'node:crypto';
import { Problem } from '../refusing.js';

/** `sha256:<hex>` of what is said, in canonical text: whoever says the same gets the same. */
export const hashOfPolicy = (said: unknown): string => `sha256:${createHash('sha256').update(canonical(said)).digest('hex')}`;

/** The settings at an instant. What nobody published is as it was in the file. */
export const settledAt = (base: PublishedSettings, published: readonly PublishedPolicy[], at: string): PublishedSettings =>
  made(base, policiesInForce(published, at));

/** The settings of exactly these versions: what a case was opened under, whatever was published since. Another instance may have heard of one a moment before us. */
export const settledAs = (base: PublishedSettings, published: readonly PublishedPolicy[], versions: PolicyVersions): PublishedSettings => {
  const named = policiesNamed(published, versions);
  if (!named) throw notHeardYet(versions);
  return made(base, named);
};

const notHeardYet = (versions: PolicyVersions): Problem =>
  new Problem(503, 'unavailable', {
    headers: { 'retry-after': '1' },
    cause: new Error(`Not every policy is known here yet that is pinned: ${canonical(versions)}`),
  });

const made = (base: PublishedSettings, policies: readonly PublishedPolicy[]): PublishedSettings => {
  if (policies.length === 0) return base;
  const named = policies.map(({ kind, version, hash }) => [kind, { version, hash }] as const);
  const policyVersion = hashOfPolicy({ base: base.policyVersion, policies: Object.fromEntries(named) });
  return { ...settingsWith(base, policies), policyVersion, policies: versionsOf(policies) };
};
