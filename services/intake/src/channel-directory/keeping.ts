import type { Code } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import type { Channel, ChannelChanges, ChannelDecision, ChannelDirectory } from './channel-directory.js';

type Told = { readonly by: By; readonly at: Instant };

export type ListChannel = Told & Channel & { type: 'ListChannel' };
/** Somebody of the platform called the number, opened the page: it is the platform's. */
export type VerifyChannel = Told & { type: 'VerifyChannel'; channel: string };
export type ChangeChannel = Told & { type: 'ChangeChannel'; channel: string; changes: ChannelChanges };
export type RetireChannel = Told & { type: 'RetireChannel'; channel: string; why: Code<'channel-retired-why'> };

/** Listing again what is listed says nothing new, whatever became of it since: a start never undoes what the platform changed. */
export const list = ({ type: _type, by, at: _at, ...channel }: ListChannel, { channels }: ChannelDirectory): ChannelDecision => {
  const before = channels[channel.channel];
  if (before)
    return sameChannel(before.now, channel) || by.role === 'service' ? [] : refuse('channel-is-listed', { pointers: ['/channel'] });
  if (channel.validTo !== undefined && channel.validTo <= channel.validFrom)
    return refuse('channel-ends-before-it-begins', { pointers: ['/validTo'] });
  return [{ type: 'ChannelListed', ...channel }];
};

export const verify = ({ channel }: VerifyChannel, { channels }: ChannelDirectory): ChannelDecision => {
  const listed = channels[channel];
  if (!listed) return refuse('channel-is-not-listed');
  if (listed.retired) return refuse('channel-is-retired');
  return listed.verified ? [] : [{ type: 'ChannelVerified', channel }];
};

export const change = ({ channel, changes }: ChangeChannel, { channels }: ChannelDirectory): ChannelDecision => {
  const listed = channels[channel];
  if (!listed) return refuse('channel-is-not-listed');
  if (listed.retired) return refuse('channel-is-retired');
  const after = { ...listed.now, ...changes };
  if (sameChannel(listed.now, after)) return [];
  if (after.validTo !== undefined && after.validTo <= after.validFrom)
    return refuse('channel-ends-before-it-begins', { pointers: ['/validTo'] });
  return [{ type: 'ChannelChanged', channel, changes }];
};

export const retire = ({ channel, why }: RetireChannel, { channels }: ChannelDirectory): ChannelDecision => {
  const listed = channels[channel];
  if (!listed) return refuse('channel-is-not-listed');
  return listed.retired ? [] : [{ type: 'ChannelRetired', channel, why }];
};

const sameChannel = (one: Channel, other: Channel): boolean => canonical(one) === canonical(other);
const canonical = (channel: Channel): string => JSON.stringify(Object.entries(channel).sort(([one], [other]) => (one < other ? -1 : 1)));
