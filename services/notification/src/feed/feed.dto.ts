import { IsQueryCount, Optional } from '@recourse/edge';

/** Where to go on reading. */
export class EventsQuery {
  /** The number of the last message already read; 0 for all from the first. */
  @Optional()
  @IsQueryCount({ from: 0, to: 2_147_483_647 })
  after?: number;

  /** How many messages at most. */
  @Optional()
  @IsQueryCount({ from: 1, to: 200 })
  limit?: number;
}
