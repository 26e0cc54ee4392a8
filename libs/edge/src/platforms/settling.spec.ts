import { describe, expect, it } from '@jest/globals';
import { platformSettings, type PublishedPolicy } from '@recourse/contracts';
import type { Recorded } from '@recourse/event-store';
import { Settings } from '../settings.js';
import { Platforms } from './platforms.js';
import { hashOfPolicy } from './settling.js';

const base = platformSettings('tidepay')!;
const merchant = (version: number, effectiveFrom: string, merchantReview: string): PublishedPolicy => {
  const body = { merchantReview, onLapse: 'approve' } as const;
  return { kind: 'merchant', version, effectiveFrom, hash: hashOfPolicy(body), body };
};
const refund: PublishedPolicy = {
  kind: 'refund',
  version: 1,
  effectiveFrom: '2026-11-05T00:00:00.000Z',
  hash: hashOfPolicy({ version: 'tidepay-8', creditDue: 'PT12H' }),
  body: { version: 'tidepay-8', creditDue: 'PT12H' },
};
const heard = (...policies: readonly PublishedPolicy[]): Platforms => {
  const platforms = new Platforms();
  for (const said of policies)
    platforms.take({ tenant: 'tidepay', data: { what: 'PolicyPublished', said, happenedAt: said.effectiveFrom } } as unknown as Recorded);
  return platforms;
};
const published = [merchant(1, '2026-11-01T00:00:00.000Z', 'PT48H'), refund, merchant(2, '2026-11-10T00:00:00.000Z', 'PT24H')];
const settings = new Settings(heard(...published), () => '2026-11-07T00:00:00.000Z');

describe('The settings of a platform', () => {
  it('are those of its file until something it published holds', () => {
    expect(settings.of('tidepay', '2026-10-31T23:59:59.999Z')).toEqual(base);
    expect(settings.of('tidepay', '2026-10-31T23:59:59.999Z').policyVersion).toBe(base.policyVersion);
  });

  it('are those in force at the instant asked for, each kind by itself', () => {
    const reviews = (at: string) => settings.of('tidepay', at).refundPolicy;
    expect(reviews('2026-11-01T00:00:00.000Z')).toEqual({ ...base.refundPolicy, merchantReview: 'PT48H', onLapse: 'approve' });
    expect(reviews('2026-11-09T23:59:59.999Z')).toEqual({ version: 'tidepay-8', merchantReview: 'PT48H', onLapse: 'approve' });
    expect(reviews('2026-11-10T00:00:00.000Z').merchantReview).toBe('PT24H');
    expect(settings.of('tidepay')).toMatchObject({ creditDue: 'PT12H', policies: { merchant: 1, refund: 1 } });
  });

  it('have one hash for one state of them, and another one for another', () => {
    const hashes = ['2026-10-01', '2026-11-01', '2026-11-05', '2026-11-10'].map(
      (day) => settings.of('tidepay', `${day}T00:00:00.000Z`).policyVersion,
    );
    expect(new Set(hashes).size).toBe(4);
    const elsewhere = new Settings(heard(...published));
    expect(elsewhere.of('tidepay', '2026-11-30T00:00:00.000Z').policyVersion).toBe(hashes[3]);
    expect(elsewhere.pinned('tidepay', { merchant: 1 }).policyVersion).toBe(hashes[1]);
  });

  it('that a case has pinned stay, whatever is published since', () => {
    const pinned = settings.of('tidepay', '2026-11-06T00:00:00.000Z');
    const later = new Settings(heard(...published, merchant(3, '2026-11-06T00:00:00.000Z', 'PT1H')));
    expect(later.pinned('tidepay', pinned.policies)).toEqual(pinned);
    expect(later.pinned('tidepay')).toEqual(base);
  });

  it.each([{ merchant: 9 }, { terms: 1 }])(
    'that are pinned and not known yet are no others: the caller comes back in a second',
    (versions) => {
      const missing = { status: 503, code: 'unavailable', headers: { 'retry-after': '1' } };
      expect(() => settings.pinned('tidepay', versions)).toThrow(expect.objectContaining(missing));
    },
  );
});
