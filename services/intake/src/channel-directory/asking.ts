import {
  wordingOf,
  type ChannelDirectoryHistory,
  type ChannelEntry,
  type ChannelShown,
  type ChannelsShown,
  type Language,
  type PlatformSettings,
} from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';
import { isOpen, isOurs, isServed } from './finding.js';

export type Platform = { readonly settings: Pick<PlatformSettings, 'tenant' | 'name'>; readonly directory: ChannelDirectoryHistory };

/** The channels of one or all platforms. */
export const listed = (platforms: readonly Platform[], language: Language, at: Instant): ChannelsShown => ({
  items: platforms.flatMap(({ settings, directory }) => directory.channels.map((entry) => channelShown(entry, settings, language, at))),
});

/** "Is this hotline yours?" A plain yes or no, and what to do when it is no. */
export const answered = (platforms: readonly Platform[], address: string, language: Language, at: Instant): ChannelsShown => {
  const found = platforms.map(({ settings, directory }) => ({ settings, found: isOurs(directory, address, at) }));
  const items = found.flatMap(({ settings, found }) => (found.ours ? [channelShown(found.channel, settings, language, at)] : []));
  const ours = items.length > 0;
  const once = found.some(({ found }) => !found.ours && found.once !== undefined);
  const advice = ours ? (items.some(({ verified }) => verified) ? 'ours' : 'ours-unverified') : once ? 'ours-once' : 'not-ours';
  return { items, ours, advice: wordingOf(language, 'channel-advice', advice) };
};

export const channelShown = (
  entry: ChannelEntry,
  { tenant, name }: Platform['settings'],
  language: Language,
  at: Instant,
): ChannelShown => {
  const served = isServed(entry, at);
  return { ...entry, platform: tenant, platformName: name[language], served, open: served && isOpen(entry, at) };
};
