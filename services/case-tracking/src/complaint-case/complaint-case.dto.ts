import { categories, channelKinds, codes, type Category, type ChannelKind, type Code } from '@recourse/contracts';
import {
  AmountDto,
  IsAmount,
  IsCode,
  IsCodeList,
  IsFlag,
  IsInstant,
  IsPlatformId,
  IsUuidV7,
  ListQuery,
  NestedList,
  Optional,
  Shaped,
  Text,
} from '@recourse/edge';
import type { ApprovalFor, Closing, LetterChannel } from './complaint-case.js';

const stages = ['opened', 'assessed', 'answered', 'closed'] as const;
const hows = ['answered', 'resolved-early', 'withdrawn', 'duplicate', 'protective-ended'] as const satisfies readonly Closing[];
const needingApproval = ['decision', 'drop-measure'] as const satisfies readonly ApprovalFor[];
const letterChannels = ['email', 'platform', 'post'] as const satisfies readonly LetterChannel[];
const orders = ['newest', 'urgent'] as const;
/** What somebody does can be proved by; a confirmed credit is proved by the platform alone. */
const proofs = codes['measure-proof'].filter((kind) => kind !== 'credit-confirmed');

/** Which cases. */
export class CasesQuery extends ListQuery {
  /** The reference somebody read out. */
  @Optional()
  @Text(20)
  reference?: string;

  /** About this wallet account. */
  @Optional()
  @IsPlatformId()
  account?: string;

  /** Of this customer of the platform. */
  @Optional()
  @IsPlatformId()
  subject?: string;

  /** In this stage. */
  @Optional()
  @IsCode(stages)
  stage?: (typeof stages)[number];

  /** Of this category. */
  @Optional()
  @IsCode(categories)
  category?: Category;

  /** Of this priority. */
  @Optional()
  @IsCode(codes.priority)
  priority?: Code<'priority'>;

  /** Waiting in this queue: open, held by nobody. */
  @Optional()
  @IsCode([...categories, 'triage'])
  queue?: string;

  /** In the hands of this agent. */
  @Optional()
  @Text(64)
  agent?: string;

  /** Newest first, or the most urgent and longest waiting first. */
  @Optional()
  @IsCode(orders)
  sort?: (typeof orders)[number];
}

/** How the case looks to whoever assessed it. */
export class AssessmentDto {
  /** How bad it is. */
  @IsCode(codes.severity)
  severity: Code<'severity'>;

  /** What it is about. */
  @IsCode(categories)
  category: Category;

  /** What kind of cause is likely; the category's usual one when left out. */
  @Optional()
  @IsCode(codes.cause)
  causeFamily?: Code<'cause'>;
}

export class PriorityDto {
  @IsCode(codes.priority)
  priority: Code<'priority'>;
}

/** What makes this customer vulnerable. Sealed but for one flag. */
export class VulnerabilityDto {
  /** Whether our own failure brought it about. */
  @IsFlag()
  causedByOurFailure: boolean;

  /** What it is, and what helps. */
  @Text(4_000)
  detail: string;
}

/** Who is to work on it; left out: whoever asks. */
export class AssignmentDto {
  /** The agent's pseudonym, as tokens carry it. */
  @Optional()
  @Text(64)
  agent?: string;
}

export class ReleaseDto {
  @IsCode(codes['released-why'])
  why: Code<'released-why'>;
}

export class EscalationDto {
  @IsCode(codes.tier)
  tier: Code<'tier'>;
}

export class ConflictDto {
  /** Whom it concerns, by pseudonym. */
  @Text(64)
  agent: string;

  @IsCode(codes.conflict)
  conflict: Code<'conflict'>;
}

export class LinkDto {
  /** The other case. */
  @IsUuidV7()
  other: string;

  @IsCode(codes['case-relation'])
  relation: Code<'case-relation'>;
}

/** What was said, by whom. The customer gets all of it as a receipt. */
export class ContactDto {
  @IsCode(channelKinds)
  channel: ChannelKind;

  /** Who called whom. */
  @IsCode(codes.direction)
  direction: Code<'direction'>;

  /** Badge number of whoever spoke with the customer. A contact without one is refused. */
  @Optional()
  @Shaped(/^[A-Za-z0-9-]{1,16}$/, 'malformed')
  badge?: string;

  /** The name the customer was told. Sealed. */
  @Text(100)
  agentName: string;

  /** What was said. Sealed. */
  @Text(10_000)
  text: string;

  /** The solution that was proposed. Sealed. */
  @Optional()
  @Text(4_000)
  proposedSolution?: string;

  /** The promised update this contact is. */
  @Optional()
  @IsUuidV7()
  promise?: string;

  /** When the customer hears next: makes a promise. */
  @Optional()
  @IsInstant()
  nextUpdate?: string;
}

/** For the desk alone. Sealed. */
export class NoteDto {
  @Text(10_000)
  text: string;
}

export class PromiseDto {
  /** By when the customer hears from us. */
  @IsInstant()
  due: string;
}

export class InformationRequestDto {
  /** Who is asked. */
  @IsCode(codes['information-from'])
  from: Code<'information-from'>;

  /** For what. */
  @IsCode(codes.information)
  what: Code<'information'>;

  /** By when. */
  @IsInstant()
  due: string;
}

export class InformationAnswerDto {
  /** The evidence it came as, if it did. */
  @Optional()
  @IsUuidV7()
  evidence?: string;
}

export class CauseDto {
  /** What went wrong. */
  @IsCode(codes.cause)
  cause: Code<'cause'>;

  /** How it is put right. */
  @IsCode(codes.solution)
  solution: Code<'solution'>;
}

export class MeasureDto {
  /** What is to be done. Returning money is done when the platform confirms the credit. */
  @IsCode(codes['measure-kind'])
  kind: Code<'measure-kind'>;

  /** The payment whose money is to come back: its transaction, or the payment's id. */
  @Optional()
  @IsPlatformId()
  payment?: string;

  /** The lock it is about. */
  @Optional()
  @IsUuidV7()
  lock?: string;

  /** The accepted offer it pays. */
  @Optional()
  @IsUuidV7()
  redress?: string;
}

export class CompletionDto {
  /** How one can see that it was done. */
  @IsCode(proofs)
  proof: Code<'measure-proof'>;

  /** Where: an opaque id (of evidence, of a letter, of the platform's record). */
  @Optional()
  @IsPlatformId()
  ref?: string;
}

export class DroppingDto {
  @IsCode(codes['measure-dropped-why'])
  why: Code<'measure-dropped-why'>;
}

/** What the case asks of account-lock. */
export class ProtectionRequestDto {
  @IsCode(['lock', 'limit'])
  kind: 'lock' | 'limit';

  /** Of a lock: outgoing or all. Of a limit: a single operation, or a day. */
  @IsCode(['outgoing', 'all', 'single', 'daily'])
  scope: 'outgoing' | 'all' | 'single' | 'daily';

  /** Up to how much; a limit needs it. */
  @Optional()
  @IsAmount()
  amount?: AmountDto;

  /** Until when. */
  @Optional()
  @IsInstant()
  until?: string;
}

/** A letter to the customer. It answers only when it has left. */
export class LetterDto {
  @IsCode(codes['letter-kind'])
  kind: Code<'letter-kind'>;

  /** By e-mail, in the platform's own app, or by post through the platform; e-mail when left out. */
  @Optional()
  @IsCode(letterChannels)
  channel?: LetterChannel;

  /** What it says. Sealed. */
  @Text(20_000)
  text: string;

  /** The promised update this letter is. */
  @Optional()
  @IsUuidV7()
  promise?: string;

  /** When the customer hears next: makes a promise. */
  @Optional()
  @IsInstant()
  nextUpdate?: string;
}

export class DecisionDto {
  @IsCode(codes.outcome)
  outcome: Code<'outcome'>;

  /** Why: at least one ground. */
  @IsCodeList(codes['decision-ground'], { least: 1, most: 5 })
  grounds: Code<'decision-ground'>[];
}

export class RedressItemDto {
  @IsCode(codes['redress-kind'])
  kind: Code<'redress-kind'>;

  /** How much, where it is money. */
  @Optional()
  @IsAmount()
  amount?: AmountDto;
}

export class RedressDto {
  @NestedList(() => RedressItemDto, { least: 1, most: 10 })
  items: RedressItemDto[];
}

export class RedressAnswerDto {
  /** Whether the customer takes it. */
  @IsFlag()
  accepted: boolean;
}

export class ApprovalDto {
  /** What needs a second person. */
  @IsCode(needingApproval)
  for: ApprovalFor;

  /** The measure that is to be dropped. */
  @Optional()
  @IsUuidV7()
  measure?: string;
}

export class ApprovalAnswerDto {
  @IsFlag()
  approved: boolean;

  /** Why not; needed for a no. */
  @Optional()
  @IsCode(codes['approval-refused-why'])
  why?: Code<'approval-refused-why'>;
}

export class ClosureDto {
  /** How it ended. */
  @IsCode(hows)
  how: Closing;
}

export class ReopeningDto {
  @IsCode(codes['reopened-why'])
  why: Code<'reopened-why'>;
}

export class WithdrawalDto {
  @IsCode(codes['withdrawn-why'])
  why: Code<'withdrawn-why'>;
}

/** Where a stream begins. */
export class StreamQuery {
  /** After this position of the service's log; now when left out. */
  @Optional()
  @Shaped(/^\d{1,15}$/, 'position-malformed')
  after?: string;
}
