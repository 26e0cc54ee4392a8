import { taxonomy, type ChannelDirectoryHistory, type ChannelEntry, type ChannelKind } from '@recourse/contracts';
import type { Instant } from '@recourse/event-store';

/** Whether an address is the platform's: the question somebody asks who was called by "the hotline". */
export type Ours = { readonly ours: true; readonly channel: ChannelEntry } | { readonly ours: false; readonly once?: ChannelEntry };

/** A channel through which one may complain at that instant. */
export const isServed = ({ validFrom, validTo, retired }: ChannelEntry, at: Instant): boolean =>
  !retired && validFrom <= at && (validTo === undefined || at < validTo);

/** The kinds of channel a complaint may come through: those listed, and those where nobody can be turned away. */
export const servedKinds = ({ channels }: ChannelDirectoryHistory, at: Instant): readonly ChannelKind[] => {
  const listed = channels.filter((channel) => isServed(channel, at)).map(({ kind }) => kind);
  const always = [...taxonomy.channels.values()].filter(({ alwaysServed }) => alwaysServed).map(({ code }) => code);
  return [...new Set([...listed, ...always])];
};

/** The channel of that kind to suggest: a verified one first. */
export const bestOf = ({ channels }: ChannelDirectoryHistory, kind: ChannelKind, at: Instant): ChannelEntry | undefined => {
  const served = channels.filter((channel) => channel.kind === kind && isServed(channel, at));
  return served.find(({ verified }) => verified) ?? served[0];
};

/** Compared as people write them: a telephone number by its digits, the rest without case, scheme or closing slash. */
export const isOurs = ({ channels }: ChannelDirectoryHistory, address: string, at: Instant): Ours => {
  const asked = comparable(address);
  const now = channels.find((channel) => isServed(channel, at) && sameAddress(comparable(channel.address), asked));
  if (now) return { ours: true, channel: now };
  const once = channels.find(
    (channel) =>
      (!isServed(channel, at) && sameAddress(comparable(channel.address), asked)) ||
      channel.formerAddresses.some((former) => sameAddress(comparable(former.address), asked)),
  );
  return { ours: false, ...(once && { once }) };
};

type Comparable = { readonly digits?: string; readonly text: string };

const comparable = (address: string): Comparable => {
  const trimmed = address.trim().normalize('NFKC');
  const digits = /^\+?[\d\s().-]+$/.test(trimmed) ? trimmed.replace(/^00/, '').replace(/\D/g, '') : undefined;
  return {
    ...(digits && { digits }),
    text: trimmed
      .toLowerCase()
      .replace(/^[a-z]+:\/\//, '')
      .replace(/^www\./, '')
      .replace(/\/+$/, ''),
  };
};

const sameAddress = (one: Comparable, other: Comparable): boolean =>
  one.digits !== undefined || other.digits !== undefined ? one.digits === other.digits : one.text === other.text;

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Whether somebody answers now, by the platform's own clock. Without hours it is always open. */
export const isOpen = ({ hours, zone }: Pick<ChannelEntry, 'hours' | 'zone'>, at: Instant): boolean => {
  if (!hours) return true;
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const now = Object.fromEntries(parts.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  const day = days.find((name) => name === now['weekday']?.toLowerCase());
  const clock = `${now['hour']}:${now['minute']}`;
  return hours.some((open) => day !== undefined && open.days.includes(day) && open.from <= clock && clock <= open.to);
};
