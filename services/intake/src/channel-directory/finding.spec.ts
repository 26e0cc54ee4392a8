import { describe, expect, it } from '@jest/globals';
import type { ChannelDirectoryHistory, ChannelEntry } from '@recourse/contracts';
import { bestOf, isOpen, isOurs, servedKinds } from './finding.js';

const at = '2026-11-17T18:41:00.000Z';
const hotline: ChannelEntry = {
  channel: 'hotline',
  kind: 'telephone',
  address: '+1-800-555-0142',
  languages: ['en'],
  zone: 'America/New_York',
  verified: true,
  validFrom: '2025-01-01T00:00:00.000Z',
  formerAddresses: [],
};
const website: ChannelEntry = { ...hotline, channel: 'website', kind: 'website', address: 'https://tidepay.example/complaints' };
const directory: ChannelDirectoryHistory = { channels: [hotline, website] };

describe('Is this hotline yours?', () => {
  it.each(['+1-800-555-0142', '+1 (800) 555 0142', '1.800.555.0142', '0018005550142', '+１-８００-５５５-０１４２'])(
    'yes, however it is written: %s',
    (address) => expect(isOurs(directory, address, at)).toEqual({ ours: true, channel: hotline }),
  );
  it.each(['https://tidepay.example/complaints', 'HTTPS://WWW.TIDEPAY.EXAMPLE/complaints/', 'tidepay.example/complaints'])(
    'yes, the page as well: %s',
    (address) => expect(isOurs(directory, address, at)).toEqual({ ours: true, channel: website }),
  );
  it.each(['+1-800-555-0143', '800-555-0142', 'https://tidepay.example.evil/complaints', 'tidepay', ''])('no: %s', (address) =>
    expect(isOurs(directory, address, at)).toEqual({ ours: false }),
  );
  it('not any more, when the number was given up', () => {
    const moved = {
      ...hotline,
      address: '+1-800-555-0199',
      formerAddresses: [{ address: '+1-800-555-0142', until: '2026-01-01T00:00:00.000Z' }],
    };
    expect(isOurs({ channels: [moved] }, '+1-800-555-0142', at)).toEqual({ ours: false, once: moved });
  });
  it('not any more, when the channel was retired', () => {
    const retired: ChannelEntry = { ...hotline, retired: { why: 'impersonated', at: '2026-01-01T00:00:00.000Z' } };
    expect(isOurs({ channels: [retired] }, '+1-800-555-0142', at)).toEqual({ ours: false, once: retired });
  });
});

describe('The channels that are served', () => {
  it('are those listed, and those where nobody is turned away', () =>
    expect(servedKinds(directory, at)).toEqual(['telephone', 'website', 'letter', 'authority']));
  it('do not count one that has not begun or has ended', () => {
    const later = { ...hotline, validFrom: '2027-01-01T00:00:00.000Z' };
    const over = { ...website, validTo: at };
    expect(servedKinds({ channels: [later, over] }, at)).toEqual(['letter', 'authority']);
  });
});

describe('Opening hours', () => {
  const hours = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '20:00' }] as const;
  it('are read by the platform’s clock', () => {
    expect(isOpen({ hours, zone: 'America/New_York' }, '2026-11-17T13:00:00.000Z')).toBe(true);
    expect(isOpen({ hours, zone: 'America/New_York' }, '2026-11-17T12:59:00.000Z')).toBe(false);
    expect(isOpen({ hours, zone: 'Asia/Shanghai' }, '2026-11-17T13:00:00.000Z')).toBe(false);
  });
  it('know the day of the week there', () => {
    expect(isOpen({ hours, zone: 'Asia/Shanghai' }, '2026-11-15T23:30:00.000Z')).toBe(false);
    expect(isOpen({ hours, zone: 'Asia/Shanghai' }, '2026-11-16T00:30:00.000Z')).toBe(true);
  });
  it('follow summer time', () => expect(isOpen({ hours, zone: 'America/New_York' }, '2026-07-14T12:00:00.000Z')).toBe(true));
  it('that are not given mean always', () => expect(isOpen({ zone: 'Asia/Shanghai' }, at)).toBe(true));
});

describe('The channel to suggest', () => {
  it('is a verified one', () => {
    const unverified: ChannelEntry = { ...hotline, channel: 'b', verified: false };
    expect(bestOf({ channels: [unverified, hotline] }, 'telephone', at)).toBe(hotline);
    expect(bestOf({ channels: [unverified] }, 'telephone', at)).toBe(unverified);
  });
  it('is none when the platform has none of that kind', () => expect(bestOf(directory, 'counter', at)).toBeUndefined());
});
