import { IsDay, Optional, Text } from '@recourse/edge';

/** Of whom, and of which days. */
export class OpeningsQuery {
  /** The pseudonym of one person, as tokens carry it; everybody when left out. */
  @Optional()
  @Text(64)
  actor?: string;

  /** The first day, of UTC; thirty days ago when left out. */
  @Optional()
  @IsDay()
  from?: string;

  /** The last day, of UTC; today when left out. */
  @Optional()
  @IsDay()
  to?: string;
}
