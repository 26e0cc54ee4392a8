import { codes, type Code, type PlatformSettings } from '@recourse/contracts';
import { IsCode, IsCodeList, IsCount, IsInstant, Nested, NestedList, Optional, Shaped, Text, TextList } from '@recourse/edge';

/** The fixed-length part of ISO 8601 durations, all that a setting may use. */
const duration = /^P(?!$)(\d{1,4}D)?(T(?=\d)(\d{1,4}H)?(\d{1,4}M)?(\d{1,5}S)?)?$/;
const IsDuration = () => Shaped(duration, 'duration-malformed');
const routes = ['email', 'sms', 'push'] as const;

class PolicyDto {
  /** From when on it holds; at once when left out, never in the past. */
  @Optional()
  @IsInstant()
  effectiveFrom?: string;
}

export class TermDto {
  @Shaped(/^[A-Za-z0-9._-]{1,40}$/, 'malformed')
  version: string;

  /** From when on these terms hold between the platform and its customers; may lie in the past. */
  @IsInstant()
  from: string;

  /** Where they can be read. */
  @Shaped(/^https:\/\/[^\s]{1,200}$/, 'address-malformed')
  url: string;

  /** SHA-256 of their text. */
  @Shaped(/^sha256:[0-9a-f]{64}$/, 'malformed')
  h: string;
}

/** The terms of use, every version that may still matter. */
export class TermsDto extends PolicyDto {
  @NestedList(() => TermDto, { most: 20 })
  terms: TermDto[];
}

export class StepsDto {
  @TextList(200, { most: 10 })
  en: string[];

  @TextList(200, { most: 10 })
  'zh-CN': string[];
}

export class ProofsNeededDto {
  /** All of these together are one way. */
  @IsCodeList(codes['proof-kind'], { least: 1, most: 6 })
  proofs: Code<'proof-kind'>[];
}

export class UnlockPolicyDto {
  /** Any one of these ways confirms the identity. */
  @NestedList(() => ProofsNeededDto, { most: 6, least: 1 })
  needs: ProofsNeededDto[];

  @IsDuration()
  proofValidFor: string;
}

/** How an owner gets an account back. */
export class UnlockStepsDto extends PolicyDto {
  @Nested(() => StepsDto)
  unlockSteps: StepsDto;

  @Nested(() => UnlockPolicyDto)
  unlockPolicy: UnlockPolicyDto;
}

export class LockRuleDto {
  @Shaped(/^[a-z][a-z0-9-]{1,63}$/, 'malformed')
  rule: string;

  /** In words, for who reads the rules. */
  @Text(200)
  when: string;

  /** `code`: outgoing money waits until the owner has typed a one-time code. */
  @IsCode(['lock', 'watch', 'code'])
  action: 'lock' | 'watch' | 'code';

  @IsCode(['outgoing', 'all'])
  scope: 'outgoing' | 'all';

  /** Routes of these kinds may be in other hands: they are distrusted for a while. */
  @Optional()
  @IsCodeList(routes, { least: 1, most: 3 })
  distrusts?: (typeof routes)[number][];
}

/** When a signal locks, watches or asks for a code. */
export class LockRulesDto extends PolicyDto {
  @NestedList(() => LockRuleDto, { most: 30 })
  lockRules: LockRuleDto[];

  /** How long an unconfirmed claim blocks outgoing transfers. */
  @IsDuration()
  claimLockFor: string;
}

export class StepUpDto {
  @IsCount({ from: 1, to: 10 })
  tries: number;

  @IsDuration()
  validFor: string;

  @IsCount({ from: 1, to: 10 })
  perHour: number;

  /** Across codes and channels. */
  @IsCount({ from: 1, to: 100 })
  failsPerDay: number;

  /** How long a route is distrusted after a change. */
  @IsDuration()
  distrustFor: string;
}

/** One-time codes. */
export class CodesDto extends PolicyDto {
  @Nested(() => StepUpDto)
  stepUp: StepUpDto;
}

/** By which rules money is given back. */
export class RefundPolicyDto extends PolicyDto {
  /** The platform's own name of its refund rules. */
  @Shaped(/^[A-Za-z0-9._-]{1,64}$/, 'malformed')
  version: string;

  @IsDuration()
  creditDue: string;
}

const onLapse = ['approve', 'decline', 'escalate'] as const satisfies readonly PlatformSettings['refundPolicy']['onLapse'][];

/** How long a merchant may look at a refund, and what follows from silence. */
export class MerchantPolicyDto extends PolicyDto {
  @IsDuration()
  merchantReview: string;

  @IsCode(onLapse)
  onLapse: (typeof onLapse)[number];
}

/** The intervals of the desk. */
export class IntervalsDto extends PolicyDto {
  @IsDuration()
  inquiryInterval: string;

  @IsCount({ from: 1, to: 100 })
  inquiriesForPriority: number;

  @IsDuration()
  idleDraftSubmitAfter: string;

  @IsDuration()
  restoreTarget: string;

  @IsDuration()
  reopeningWindow: string;

  @IsDuration()
  promiseReportGrace: string;
}

export class InForceQuery {
  /** As of this instant; now when left out. */
  @Optional()
  @IsInstant()
  at?: string;
}
