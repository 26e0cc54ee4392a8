import { decisions, type Decider, type Decision } from '@recourse/decider';
import type { By, EventMeta, Instant } from '@recourse/event-store';

/** One message the platform may read. Its version in the feed's stream is its number: dense, in order, the same for every reader. */
export type Told = {
  readonly message: string;
  readonly said: string;
  readonly messageVersion: number;
  readonly source: string;
  readonly stream: string;
  readonly streamVersion: number;
  readonly time: Instant;
  readonly matter?: string;
  readonly body: Readonly<Record<string, unknown>>;
};

export type FeedEvent = EventMeta & { readonly type: 'PlatformTold' } & Told;

export type TellPlatform = { readonly type: 'TellPlatform'; readonly by: By; readonly at: Instant; readonly told: Told };

const tell = ({ told }: TellPlatform): Decision<FeedEvent, never> => [{ type: 'PlatformTold', ...told }];

/**
 * A feed remembers nothing to decide by, so a long one costs no more than a short one: that a message is told once is kept by the key
 * it was heard under.
 */
export const feed: Decider<TellPlatform, FeedEvent, null, never> = {
  initial: null,
  evolve: () => null,
  remembersNothing: true,
  decide: decisions({ TellPlatform: tell }),
};
