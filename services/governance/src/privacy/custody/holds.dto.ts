import { codes, type Code } from '@recourse/contracts';
import { IsCode, IsPlatformId, ListQuery, Optional, Shaped } from '@recourse/edge';

/** What is to be kept although it might go. */
export class HoldDto {
  /** Everything of a matter, of a subject, or of an account. */
  @IsCode(codes['hold-scope'])
  scope: Code<'hold-scope'>;

  /** The id of the matter, subject or account. */
  @IsPlatformId()
  of: string;

  /** Why. */
  @IsCode(codes['hold-why'])
  why: Code<'hold-why'>;

  /** Number of the order or file at whoever wants it; never a name. */
  @Shaped(/^[\p{L}\p{N}./()〔〕\[\] _-]{1,64}$/u, 'order-malformed')
  authority: string;
}

/** The second person's no. */
export class HoldDenialDto {
  /** Why not. */
  @IsCode(codes['hold-denied-why'])
  why: Code<'hold-denied-why'>;
}

/** That a hold is no longer needed. */
export class HoldReleaseDto {
  /** Why. */
  @IsCode(codes['hold-release-why'])
  why: Code<'hold-release-why'>;
}

const stages = ['asked', 'denied', 'withdrawn', 'placed', 'release-asked', 'released'] as const;

/** Which holds are listed. */
export class HoldsQuery extends ListQuery {
  /** Only those that stand so. */
  @Optional()
  @IsCode(stages)
  stage?: (typeof stages)[number];
}
