import type { Language, ListedChannel } from '../platforms.js';
import type { ChannelKind, Code } from '../taxonomy.js';
import type { Past } from './past.js';

/** One way to reach the platform with a complaint. */
export type ChannelEntry = {
  readonly channel: string;
  readonly kind: ChannelKind;
  /** Telephone number, URL, handle or postal address: the platform's own, and public. */
  readonly address: string;
  readonly languages: readonly Language[];
  readonly hours?: ListedChannel['hours'];
  /** In which the hours are read. */
  readonly zone: string;
  /** Somebody of the platform tried it out after it was listed or its address changed. */
  readonly verified: boolean;
  readonly validFrom: string;
  readonly validTo?: string;
  readonly retired?: { readonly why: Code<'channel-retired-why'>; readonly at: string };
  /** Addresses it had before: somebody may still call them. */
  readonly formerAddresses: readonly { readonly address: string; readonly until: string }[];
};

/** Where one may complain to a platform, and where one might once. */
export type ChannelDirectoryHistory = { readonly channels: readonly ChannelEntry[] };

type Listed = Omit<ChannelEntry, 'verified' | 'retired' | 'formerAddresses'>;

/** Folds the records of a platform's channels. */
export const channelDirectoryHistory = (
  history: ChannelDirectoryHistory = { channels: [] },
  { type, at, data }: Past,
): ChannelDirectoryHistory => {
  const change = (to: (entry: ChannelEntry) => ChannelEntry): ChannelDirectoryHistory => ({
    channels: history.channels.map((entry) => (entry.channel === data['channel'] ? to(entry) : entry)),
  });
  switch (type) {
    case 'ChannelListed':
      return { channels: [...history.channels, { ...(data as unknown as Listed), verified: false, formerAddresses: [] }] };
    case 'ChannelVerified':
      return change((entry) => ({ ...entry, verified: true }));
    case 'ChannelChanged':
      return change((entry) => changed(entry, data['changes'] as Partial<Listed>, at));
    case 'ChannelRetired':
      return change((entry) => ({ ...entry, retired: { why: data['why'] as Code<'channel-retired-why'>, at } }));
    default:
      throw new Error(`unknown to a channel directory: ${type}`);
  }
};

const changed = (entry: ChannelEntry, changes: Partial<Listed>, at: string): ChannelEntry => {
  const moved = changes.address !== undefined && changes.address !== entry.address;
  return {
    ...entry,
    ...changes,
    ...(moved && { verified: false, formerAddresses: [...entry.formerAddresses, { address: entry.address, until: at }] }),
  };
};
