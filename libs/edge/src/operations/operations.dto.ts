import { codes, type Code } from '@recourse/contracts';
import { cursorNames, type CursorName } from '@recourse/relay';
import { IsCode, IsCount, Optional } from '../fields.js';

/** What cannot be left out when somebody wants a message gone. */
export class SkipDto {
  /** Why it may never take effect. */
  @IsCode(codes['skip-why'])
  why: Code<'skip-why'>;
}

/** The second person's word. */
export class SkipDecisionDto {
  /** Whether the message goes. */
  @IsCode(['approved', 'denied'])
  outcome: 'approved' | 'denied';

  /** Why not; needed for a denial. */
  @Optional()
  @IsCode(codes['skip-denied-why'])
  why?: Code<'skip-denied-why'>;
}

/** From where the log is to be told again. */
export class RewindDto {
  /** What is told again: the messages to the neighbours, or the records for the notary. */
  @IsCode(cursorNames)
  cursor: CursorName;

  /** The first position that is told again. */
  @IsCount({ from: 0, to: 999_999_999_999 })
  position: number;

  /** Why it is told again. */
  @IsCode(codes['rewind-why'])
  why: Code<'rewind-why'>;
}
