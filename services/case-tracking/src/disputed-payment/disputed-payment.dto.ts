import { codes, type Code } from '@recourse/contracts';
import { AmountDto, IsAmount, IsCode, IsInstant, IsPlatformId, IsUuidV7, ListQuery, Optional, Text } from '@recourse/edge';
import type { CreditKind, DeclineReason, PaymentSource, RefundPath, RefundReason } from './disputed-payment.js';

/** A case says that a payment is not as it should be. */
export class DisputeDto {
  /** The case. */
  @IsUuidV7()
  matter: string;

  /** The platform's id of the transaction; left out, what the case knows. */
  @Optional()
  @IsPlatformId()
  transaction?: string;

  /** How much it is about; left out, what the case knows. */
  @Optional()
  @IsAmount()
  claimed?: AmountDto;
}

/** What the platform's books say of a payment. */
export class PaymentConfirmationDto {
  /** What was paid. */
  @IsAmount()
  paid: AmountDto;

  /** To which merchant. */
  @Optional()
  @IsPlatformId()
  merchant?: string;

  /** When. */
  @IsInstant()
  occurredAt: string;

  /** Whose books say so; left out, the wallet's ledger. */
  @Optional()
  @IsCode(['ledger', 'acquirer', 'bank', 'card-scheme'])
  source?: PaymentSource;
}

/** A refund somebody asks for. */
export class RefundDto {
  /** The disputed payment. */
  @IsPlatformId()
  payment: string;

  /** The case that asks; left out, the first that disputes the payment, or the customer's own. */
  @Optional()
  @IsUuidV7()
  matter?: string;

  /** How much. */
  @IsAmount()
  amount: AmountDto;

  /** Why. */
  @IsCode(codes['refund-reason'])
  reason: RefundReason;

  /** By which way the money is to come back. */
  @IsCode(codes['refund-path'])
  path: RefundPath;
}

/** Yes, to all of it or a part, or no. */
export class RefundDecisionDto {
  /** Yes or no. */
  @IsCode(['approved', 'declined'])
  outcome: 'approved' | 'declined';

  /** How much is granted. */
  @Optional()
  @IsAmount()
  amount?: AmountDto;

  /** Why not. */
  @Optional()
  @IsCode(codes['refund-declined-why'])
  why?: DeclineReason;
}

/** Where the customer wants the money. */
export class RefundTargetDto {
  /** The step-up that was passed for this refund. */
  @IsUuidV7()
  stepUp: string;

  /** The account or card, as the platform needs it. Sealed at once. */
  @Text(200)
  target: string;
}

/** A credit the wallet is to make. */
export class CreditOrderDto {
  /** The disputed payment. */
  @IsPlatformId()
  payment: string;

  /** The case it is for; left out, the refund's, or the first that disputes the payment. */
  @Optional()
  @IsUuidV7()
  matter?: string;

  /** The approved refund it pays; left out, the desk returns the money by itself. */
  @Optional()
  @IsUuidV7()
  refund?: string;

  /** The accepted redress it pays. */
  @Optional()
  @IsUuidV7()
  redress?: string;

  /** How much. */
  @IsAmount()
  amount: AmountDto;

  /** Whether it stays for good (left out: it does) or may be taken back after notice. */
  @Optional()
  @IsCode(codes['credit-kind'])
  kind?: CreditKind;
}

/** What the wallet's ledger says of a credit. */
export class CreditConfirmationDto {
  /** What was credited. */
  @IsAmount()
  amount: AmountDto;

  /** Reference of the entry in the ledger. */
  @IsPlatformId()
  ledgerReference: string;

  /** When the ledger credited it. */
  @IsInstant()
  creditedAt: string;
}

/** Why a credit did not arrive. */
export class CreditFailureDto {
  /** The reason. */
  @IsCode(codes['credit-failed-why'])
  why: Code<'credit-failed-why'>;
}

/** Which day, and how much, will be taken back. */
export class ReversalAnnouncementDto {
  /** Not before this instant. */
  @IsInstant()
  on: string;

  /** How much. */
  @IsAmount()
  amount: AmountDto;
}

/** What the wallet's ledger says of a credit that was taken back. */
export class ReversalDto {
  /** Reference of the entry in the ledger. */
  @IsPlatformId()
  ledgerReference: string;
}

/** Filters of the list of disputed payments. */
export class PaymentsQuery extends ListQuery {
  /** The platform's id of the transaction. */
  @Optional()
  @IsPlatformId()
  transaction?: string;

  /** The case that disputes it. */
  @Optional()
  @IsUuidV7()
  case?: string;
}
