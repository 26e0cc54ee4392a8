import { IsInstant, Optional, Shaped } from '@recourse/edge';

const asOf = /^(([a-z-]+:\d{1,15})|(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)))$/;

/** As of when. Left out: as of now. */
export class AsOfQuery {
  /** A position with its log, `case-tracking:812`: what had been recorded when that was recorded. */
  @Optional()
  @Shaped(/^[a-z-]+:\d{1,15}$/, 'position-malformed')
  position?: string;

  /** An instant: what had been recorded by then. */
  @Optional()
  @IsInstant()
  at?: string;
}

/** Between when and when: two positions or instants. */
export class DiffQuery {
  /** A position (`case-tracking:812`) or an instant. */
  @Shaped(asOf, 'position-malformed')
  from: string;

  /** A position or an instant. */
  @Shaped(asOf, 'position-malformed')
  to: string;
}

/** Which case. */
export class ReferenceQuery {
  /** As it stands on a letter, or was read out. */
  @Shaped(/^[\sA-Za-z0-9-]{8,20}$/, 'reference-malformed')
  reference: string;
}
