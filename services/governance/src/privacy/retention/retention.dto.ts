import {
  codes,
  retentionDuration,
  retentionJurisdictions,
  retentionProducts,
  retentionStarts,
  type Code,
  type RetentionStart,
} from '@recourse/contracts';
import { IsCode, IsCodeList, IsCount, IsFlag, IsInstant, ListQuery, NestedList, Optional, Shaped } from '@recourse/edge';

const code = /^[a-z0-9][a-z0-9.-]{0,47}$/;

/** One period. */
export class RetentionRowDto {
  /** Whose law: `uk`, `cn`; `any` for all. */
  @IsCode(['any', ...retentionJurisdictions])
  jurisdiction: string;

  /** For what the platform offers; `any` for all of it. */
  @IsCode(['any', ...retentionProducts])
  product: string;

  /** What it begins with. */
  @IsCode(retentionStarts)
  starts: RetentionStart;

  /** Calendar years, months and days: `P5Y`, `P12M`. */
  @Shaped(retentionDuration, 'period-malformed')
  duration: string;

  /** The rule, as a code: `fca-disp-1.9.1r`. */
  @Shaped(code, 'basis-malformed')
  basis: string;

  /** Where it was read, as a code. */
  @Shaped(code, 'basis-malformed')
  source: string;

  /** Whether somebody has read it in the law itself. */
  @IsFlag()
  verified: boolean;
}

/** The next version of a platform's table. */
export class RetentionTableDto {
  /** One more than the version that was published last. */
  @IsCount({ from: 1, to: 1_000_000 })
  version: number;

  /** From when on it holds: still to come. */
  @IsInstant()
  effectiveFrom: string;

  /** Whose laws the platform answers to. */
  @IsCodeList(retentionJurisdictions)
  jurisdictions: string[];

  /** What it offers. */
  @IsCodeList(retentionProducts)
  products: string[];

  /** The periods. */
  @NestedList(() => RetentionRowDto)
  rows: RetentionRowDto[];
}

/** The second person's no. */
export class RetentionDenialDto {
  /** Why not. */
  @IsCode(codes['retention-denied-why'])
  why: Code<'retention-denied-why'>;
}

const stages = ['open', 'closed', 'forgotten'] as const;

/** Which matters are listed. */
export class MattersQuery extends ListQuery {
  /** Only those that stand so. */
  @Optional()
  @IsCode(stages)
  stage?: (typeof stages)[number];
}
