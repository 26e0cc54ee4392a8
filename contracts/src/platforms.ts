import type { PolicyVersions } from './policies.js';

/** The settings of one wallet platform: versioned data, pinned on each case by the hash of the file (its policy version). */
export type Language = 'en' | 'zh-CN';
export type Wording = Readonly<Record<Language, string>>;

export type ListedChannel = {
  readonly channel: string;
  readonly kind: 'telephone' | 'app' | 'website' | 'e-mail' | 'social-media' | 'letter' | 'counter';
  /** Telephone number, URL, handle or postal address under which the platform can be reached: public, not personal. */
  readonly address: string;
  readonly languages: readonly Language[];
  /** Opening hours, `HH:MM`, in the platform's zone; left out when always open. */
  readonly hours?: readonly {
    readonly days: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
    readonly from: string;
    readonly to: string;
  }[];
  readonly verified: boolean;
  readonly validFrom: string;
};

export type LockRule = {
  readonly rule: string;
  readonly when: string;
  /** `code`: outgoing money waits until the owner has typed a one-time code. */
  readonly action: 'lock' | 'watch' | 'code';
  readonly scope: 'outgoing' | 'all';
  /** Routes of these kinds may be in other hands: they are distrusted for a while. */
  readonly distrusts?: readonly ('email' | 'sms' | 'push')[];
};

export type PlatformSettings = {
  readonly tenant: string;
  readonly name: Wording;
  /** The legal entity that answers the complaint. */
  readonly respondent: string;
  readonly languages: readonly Language[];
  readonly defaultLanguage: Language;
  readonly currency: string;
  /** IANA time zone in which customers read times. */
  readonly zone: string;
  readonly channels: readonly ListedChannel[];
  readonly terms: readonly { readonly version: string; readonly from: string; readonly url: string; readonly h: string }[];
  readonly unlockSteps: { readonly [L in Language]: readonly string[] };
  readonly unlockPolicy: {
    /** Any one of these sets of proof kinds confirms the identity. */
    readonly needs: readonly (readonly string[])[];
    readonly proofValidFor: string;
  };
  readonly lockRules: readonly LockRule[];
  /** ISO 8601 duration: how long an unconfirmed claim blocks outgoing transfers. */
  readonly claimLockFor: string;
  readonly stepUp: {
    readonly tries: number;
    readonly validFor: string;
    readonly perHour: number;
    readonly failsPerDay: number;
    /** ISO 8601 duration: how long a route is distrusted after a change. */
    readonly distrustFor: string;
  };
  readonly refundPolicy: {
    readonly version: string;
    readonly merchantReview: string;
    readonly onLapse: 'approve' | 'decline' | 'escalate';
  };
  readonly creditDue: string;
  readonly inquiryInterval: string;
  readonly inquiriesForPriority: number;
  readonly idleDraftSubmitAfter: string;
  readonly restoreTarget: string;
  readonly reopeningWindow: string;
  readonly promiseReportGrace: string;
};

/**
 * The settings with the version that is pinned: `sha256:<hex>` of the file's bytes where nothing was published, else of its hash together with kind,
 * version and hash of every policy in force; and those versions by kind.
 */
export type PublishedSettings = PlatformSettings & { readonly policyVersion: string; readonly policies: PolicyVersions };
