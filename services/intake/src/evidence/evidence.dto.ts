import { codes, type Code } from '@recourse/contracts';
import { IsCode } from '@recourse/edge';

export class QuarantineDto {
  /** Why nobody is to see it. */
  @IsCode(codes['quarantine-why'])
  why: Code<'quarantine-why'>;
}

/** Nothing is said beyond the act itself. */
export class ClearanceDto {}
