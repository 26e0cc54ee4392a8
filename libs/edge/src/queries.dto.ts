import { IsInstant, IsQueryCount, IsCode, Optional, Shaped, Text } from './fields.js';

/** Why personal data is read. Recorded before anything is shown. */
export const purposes = ['handling-complaint', 'informing-customer', 'own-data', 'audit'] as const;
export type Purpose = (typeof purposes)[number];

/** Query of a list; extend it with the list's own filters. */
export class ListQuery {
  /** How many items a page holds. */
  @Optional()
  @IsQueryCount({ from: 1, to: 200 })
  limit?: number;

  /** Where the page begins: taken from a Link of the page before, never made up. */
  @Optional()
  @Text(1000)
  cursor?: string;
}

/** Query of one thing. */
export class ShowQuery {
  /** Opens sealed personal data for this purpose; the opening is recorded. */
  @Optional()
  @IsCode(purposes)
  purpose?: Purpose;

  /** As of this position of the service's log: `812` or `case-tracking:812`. */
  @Optional()
  @Shaped(/^([a-z-]+:)?\d{1,15}$/, 'position-malformed')
  position?: string;

  /** As of this instant. */
  @Optional()
  @IsInstant()
  at?: string;

  /** Seconds to wait for the thing to come into being, where the route allows waiting. */
  @Optional()
  @IsQueryCount({ from: 0, to: 10 })
  wait?: number;
}
