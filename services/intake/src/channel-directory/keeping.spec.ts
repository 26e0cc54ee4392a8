import { describe, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import type { ChannelEvent } from './channel-directory.js';
import { channelDirectory } from './deciding.js';

const given = givenFor(channelDirectory);
const by = { actor: 'quanpay', role: 'platform', client: 'quanpay' };
const at = '2026-11-17T18:41:00.000Z';
const hotline = {
  channel: 'hotline',
  kind: 'telephone',
  address: '95599-0000',
  languages: ['zh-CN'],
  zone: 'Asia/Shanghai',
  validFrom: '2025-01-01T00:00:00.000Z',
} as const;
const listed: ChannelEvent = { type: 'ChannelListed', ...hotline };
const verified: ChannelEvent = { type: 'ChannelVerified', channel: 'hotline' };
const moved: ChannelEvent = { type: 'ChannelChanged', channel: 'hotline', changes: { address: '95588-0000' } };
const retired: ChannelEvent = { type: 'ChannelRetired', channel: 'hotline', why: 'impersonated' };

describe('Listing a channel', () => {
  const list = { type: 'ListChannel', by, at, ...hotline } as const;
  it('is recorded', () => given().when(list).records(listed));
  it('says nothing when it is listed so already', () => given(listed).when(list).recordsNothing());
  it('is refused under the name of another channel', () =>
    given(listed, moved)
      .when(list)
      .isRefused('channel-is-listed', { pointers: ['/channel'] }));
  it('at the start of the service never undoes what the platform changed', () => {
    const start = { ...list, by: { actor: 'service:intake', role: 'service', client: 'intake' } };
    given(listed, moved).when(start).recordsNothing();
    given(listed, retired).when(start).recordsNothing();
  });
  it('is refused when it would end before it begins', () =>
    given()
      .when({ ...list, validTo: '2024-01-01T00:00:00.000Z' })
      .isRefused('channel-ends-before-it-begins', { pointers: ['/validTo'] }));
});

describe('Verifying a channel', () => {
  const verify = { type: 'VerifyChannel', by, at, channel: 'hotline' } as const;
  it('is recorded', () => given(listed).when(verify).records(verified));
  it('says nothing the second time', () => given(listed, verified).when(verify).recordsNothing());
  it('is needed again after its address changed', () => given(listed, verified, moved).when(verify).records(verified));
  it('is refused for a channel nobody listed', () => given().when(verify).isRefused('channel-is-not-listed'));
  it('is refused for a retired channel', () => given(listed, retired).when(verify).isRefused('channel-is-retired'));
});

describe('Changing a channel', () => {
  const change = { type: 'ChangeChannel', by, at, channel: 'hotline', changes: { address: '95588-0000' } } as const;
  it('is recorded', () => given(listed).when(change).records(moved));
  it('says nothing when it changes nothing', () => given(listed, moved).when(change).recordsNothing());
  it('is refused for a channel nobody listed', () => given().when(change).isRefused('channel-is-not-listed'));
  it('is refused for a retired channel', () => given(listed, retired).when(change).isRefused('channel-is-retired'));
  it('is refused when it would end before it begins', () =>
    given(listed)
      .when({ ...change, changes: { validTo: hotline.validFrom } })
      .isRefused('channel-ends-before-it-begins'));
});

describe('Retiring a channel', () => {
  const retire = { type: 'RetireChannel', by, at, channel: 'hotline', why: 'impersonated' } as const;
  it('is recorded', () => given(listed).when(retire).records(retired));
  it('says nothing the second time', () => given(listed, retired).when(retire).recordsNothing());
  it('is refused for a channel nobody listed', () => given().when(retire).isRefused('channel-is-not-listed'));
});
