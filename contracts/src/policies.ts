import type { PlatformSettings, PublishedSettings } from './platforms.js';

/** The parts of a platform's settings, each published by itself: a record holds one of them, and who changes one says nothing of the others. */
export const policyKinds = ['terms', 'unlock-steps', 'lock-rules', 'codes', 'refund', 'merchant', 'intervals'] as const;
export type PolicyKind = (typeof policyKinds)[number];

type Part<Name extends keyof PlatformSettings> = Pick<PlatformSettings, Name>;

/** What each kind says, in the settings' own words. */
export type PolicyBodies = {
  readonly terms: Part<'terms'>;
  readonly 'unlock-steps': Part<'unlockSteps' | 'unlockPolicy'>;
  readonly 'lock-rules': Part<'lockRules' | 'claimLockFor'>;
  readonly codes: Part<'stepUp'>;
  readonly refund: Pick<PlatformSettings['refundPolicy'], 'version'> & Part<'creditDue'>;
  readonly merchant: Omit<PlatformSettings['refundPolicy'], 'version'>;
  readonly intervals: Part<
    'inquiryInterval' | 'inquiriesForPriority' | 'idleDraftSubmitAfter' | 'restoreTarget' | 'reopeningWindow' | 'promiseReportGrace'
  >;
};

/** One version of one kind. Versions of a kind count from 1; 0 is what the platform had before it published any. */
export type PublishedPolicy = {
  readonly [Kind in PolicyKind]: {
    readonly kind: Kind;
    readonly version: number;
    readonly effectiveFrom: string;
    /** `sha256:<hex>` of the body's canonical text. */
    readonly hash: string;
    readonly body: PolicyBodies[Kind];
  };
}[PolicyKind];

/** Which version of each kind holds; a kind that is not named is version 0. */
export type PolicyVersions = { readonly [Kind in PolicyKind]?: number };

/** What is in force at an instant: of each kind the last version that had become effective. */
export const policiesInForce = (published: readonly PublishedPolicy[], at: string): readonly PublishedPolicy[] =>
  policyKinds.flatMap((kind) => published.findLast((policy) => policy.kind === kind && policy.effectiveFrom <= at) ?? []);

/** Exactly these versions, whatever came after them; undefined when one of them is not known. */
export const policiesNamed = (published: readonly PublishedPolicy[], versions: PolicyVersions): readonly PublishedPolicy[] | undefined => {
  const named = policyKinds.filter((kind) => versions[kind]);
  const found = published.filter(({ kind, version }) => versions[kind] === version);
  return found.length === named.length ? found : undefined;
};

export const versionsOf = (policies: readonly PublishedPolicy[]): PolicyVersions =>
  Object.fromEntries(policies.map(({ kind, version }) => [kind, version]));

/** The settings with these policies laid over them. `policyVersion` is for who hashes. */
export const settingsWith = (base: PlatformSettings, policies: readonly PublishedPolicy[]): PlatformSettings =>
  policies.reduce(laidOver, base);

const laidOver = (settings: PlatformSettings, { kind, body }: PublishedPolicy): PlatformSettings => {
  const { refundPolicy } = settings;
  if (kind === 'merchant') return { ...settings, refundPolicy: { ...refundPolicy, ...body } };
  if (kind !== 'refund') return { ...settings, ...body };
  const { version, creditDue } = body;
  return { ...settings, creditDue, refundPolicy: { ...refundPolicy, version } };
};

/** Settings, and which versions they are made of: GET /v1/policies/in-force. */
export type SettingsInForce = { readonly at: string; readonly settings: PublishedSettings };
