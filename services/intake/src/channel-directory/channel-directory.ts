import type { ChannelKind, Code, Language, ListedChannel } from '@recourse/contracts';
import { never, type Decision } from '@recourse/decider';
import type { Instant } from '@recourse/event-store';
import type { ChannelRefusal } from './refusals.js';

/** One way to reach the platform, as the platform describes it. */
export type Channel = {
  readonly channel: string;
  readonly kind: ChannelKind;
  readonly address: string;
  readonly languages: readonly Language[];
  readonly hours?: NonNullable<ListedChannel['hours']>;
  readonly zone: string;
  readonly validFrom: Instant;
  readonly validTo?: Instant;
};
export type ChannelChanges = Partial<Omit<Channel, 'channel' | 'kind'>>;

/** What has happened. Names are past tense and stored for ever: add a new one, never reword an old one. */
export type ChannelEvent =
  | ({ type: 'ChannelListed' } & Channel)
  | { type: 'ChannelVerified'; channel: string }
  | { type: 'ChannelChanged'; channel: string; changes: ChannelChanges }
  | { type: 'ChannelRetired'; channel: string; why: Code<'channel-retired-why'> };

type Listed = { readonly now: Channel; readonly verified: boolean; readonly retired: boolean };
export type ChannelDirectory = { readonly channels: Readonly<Record<string, Listed>> };
export type ChannelDecision = Decision<ChannelEvent, ChannelRefusal>;

export const initial: ChannelDirectory = { channels: {} };

export const evolve = ({ channels }: ChannelDirectory, event: ChannelEvent): ChannelDirectory => {
  const put = (listed: Listed): ChannelDirectory => ({ channels: { ...channels, [event.channel]: listed } });
  const before = channels[event.channel];
  switch (event.type) {
    case 'ChannelListed': {
      const { type: _type, ...now } = event;
      return put({ now, verified: false, retired: false });
    }
    case 'ChannelVerified':
      return before ? put({ ...before, verified: true }) : { channels };
    case 'ChannelChanged': {
      if (!before) return { channels };
      const moved = event.changes.address !== undefined && event.changes.address !== before.now.address;
      return put({ ...before, now: { ...before.now, ...event.changes }, verified: before.verified && !moved });
    }
    case 'ChannelRetired':
      return before ? put({ ...before, retired: true }) : { channels };
    default:
      return never(event);
  }
};
