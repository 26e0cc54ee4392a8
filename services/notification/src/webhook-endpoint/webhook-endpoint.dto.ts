import { IsCount, ListQuery, Optional, Text } from '@recourse/edge';

/** Where to send this platform's messages. */
export class RegisterEndpointDto {
  /** An https address of yours, reachable from the internet. */
  @Text(2000)
  url: string;

  /** Number of the last message you do not need; left out, you get everything from the first on. */
  @Optional()
  @IsCount({ from: 0, to: 2_147_483_647 })
  after?: number;
}

/** From where to send again. */
export class ReplayDto {
  /** Number of the last message you do not need again; 0 for everything. */
  @IsCount({ from: 0, to: 2_147_483_647 })
  after: number;
}

/** Nothing needs to be said. */
export class NothingDto {}

/** Which tries: newest first. */
export class DeliveriesQuery extends ListQuery {}
