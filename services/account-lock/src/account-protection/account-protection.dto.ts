import { codes, type Code } from '@recourse/contracts';
import {
  AmountDto,
  IsAmount,
  IsCode,
  IsCurrency,
  IsFlag,
  IsHash,
  IsInstant,
  IsPlatformId,
  IsQueryCount,
  IsUuidV7,
  ListQuery,
  Optional,
  Shaped,
  TextList,
} from '@recourse/edge';
import type { DenialReason, LimitKind, LockCause, ProofKind, Scope } from './account-protection.js';

/** A lock somebody asks for. */
export class LockDto {
  /** What it blocks. */
  @IsCode(codes['lock-scope'])
  scope: Scope;

  /** In whose name. Left out: a customer's own, or the agent's. */
  @Optional()
  @IsCode(codes['lock-cause'])
  cause?: LockCause;

  /** The complaint it belongs to. */
  @Optional()
  @IsUuidV7()
  matter?: string;

  /** Number of the authority's written order. */
  @Optional()
  @Shaped(/^[\p{L}\p{N}./()〔〕\[\] _-]{1,64}$/u, 'order-malformed')
  order?: string;

  /** When it ends by itself; left out, it stands until it is lifted. */
  @Optional()
  @IsInstant()
  until?: string;

  /** False: the authority ordered that the customer is not told. */
  @Optional()
  @IsFlag()
  disclosable?: boolean;
}

/** The word of the authority that ordered a lock. */
export class LiftingDto {
  /** Number of the written order that lifts it. */
  @Shaped(/^[\p{L}\p{N}./()〔〕\[\] _-]{1,64}$/u, 'order-malformed')
  order: string;
}

/** A temporary limit. */
export class LimitDto {
  /** `single` bounds one operation, `daily` the sum of a day. */
  @IsCode(['single', 'daily'])
  kind: LimitKind;

  /** The most that is allowed. */
  @IsAmount()
  amount: AmountDto;

  /** When it ends by itself. */
  @IsInstant()
  until: string;

  /** The complaint it belongs to. */
  @Optional()
  @IsUuidV7()
  matter?: string;
}

/** What a wallet asks before it acts. */
export class PermissionQuery {
  /** What it is about to do. */
  @IsCode(codes.operation)
  operation: Code<'operation'>;

  /** How much, in minor units. */
  @Optional()
  @IsQueryCount({ from: 0 })
  amount?: number;

  /** ISO 4217 code of the amount. */
  @Optional()
  @IsCurrency()
  currency?: string;
}

/** An anomaly the wallet's own risk engine has seen. */
export class SignalDto {
  /** The account. */
  @IsPlatformId()
  account: string;

  /** The platform's id of the signal: sent twice, it counts once. Left out, one is made up. */
  @Optional()
  @IsPlatformId()
  signal?: string;

  /** Which rule of the platform's settings was met. */
  @IsPlatformId()
  rule: string;

  /** SHA-256 (base64url) of what the engine keeps as evidence. */
  @IsHash()
  evidence: string;

  /** When it was seen. */
  @IsInstant()
  seenAt: string;
}

/** The code that was asked for. */
export class DemandAnswerDto {
  /** The step-up that was passed for this demand (purpose new-device). */
  @IsUuidV7()
  stepUp: string;
}

/** The owner wants the account back. */
export class UnlockRequestDto {
  /** The account. */
  @IsPlatformId()
  account: string;

  /** Which locks; left out, every lock a proof can lift. */
  @Optional()
  @TextList(36)
  locks?: string[];
}

/** A proof of ownership and what its check gave. */
export class OwnershipProofDto {
  /** What was checked. */
  @IsCode(codes['proof-kind'])
  kind: ProofKind;

  /** What the check gave. A passed one-time code needs no word of yours. */
  @Optional()
  @IsCode(codes['proof-result'])
  result?: Code<'proof-result'>;

  /** The evidence that was checked (/v1/evidence). */
  @Optional()
  @IsUuidV7()
  evidence?: string;

  /** For a one-time code: the step-up that was passed for this request. */
  @Optional()
  @IsUuidV7()
  stepUp?: string;
}

/** Whether the account is given back. */
export class UnlockDecisionDto {
  /** Yes or no. */
  @IsCode(['approved', 'denied'])
  outcome: 'approved' | 'denied';

  /** Why not. */
  @Optional()
  @IsCode(codes['unlock-denied-why'])
  why?: DenialReason;
}

/** Filters of the list of protected accounts. */
export class ProtectedQuery extends ListQuery {
  /** Only accounts that stand like this. */
  @Optional()
  @IsCode(['watched', 'outgoing-blocked', 'locked', 'limited'])
  state?: string;
}
