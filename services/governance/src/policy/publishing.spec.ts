import { describe, expect, it } from '@jest/globals';
import { allPlatformSettings } from '@recourse/contracts';
import { given } from '@recourse/decider/testing';
import { announcePolicies } from './announcing.js';
import type { PolicyEvent } from './policies.js';
import { policies, type PolicySaid, type PublishPolicy } from './publishing.js';

const at = '2026-11-18T09:00:00.000Z';
const by = { actor: 'lumen-server', role: 'platform', client: 'lumen-platform' };
const merchant = { kind: 'merchant', body: { merchantReview: 'PT48H', onLapse: 'approve' } } as const;
const publish = (said: PolicySaid, hash: string, effectiveFrom?: string): PublishPolicy => ({
  type: 'PublishPolicy',
  ...said,
  hash,
  ...(effectiveFrom && { effectiveFrom }),
  by,
  at,
});
const published = (version: number, hash: string, effectiveFrom: string, said: PolicySaid = merchant): PolicyEvent => ({
  type: 'PolicyPublished',
  ...said,
  version,
  hash,
  effectiveFrom,
});
const told = given(policies);
const tomorrow = '2026-11-19T00:00:00.000Z';

describe('A policy', () => {
  it('holds at once when nothing else is said, and its kind counts from 1', () => {
    told()
      .when(publish(merchant, 'a'))
      .records(published(1, 'a', at));
    told(published(1, 'a', at))
      .when(publish(merchant, 'b', tomorrow))
      .records(published(2, 'b', tomorrow));
  });

  it('counts each kind by itself', () => {
    const refund = { kind: 'refund', body: { version: 'lumen-1', creditDue: 'PT12H' } } as const;
    told(published(1, 'a', at), published(2, 'b', at))
      .when(publish(refund, 'c'))
      .records(published(1, 'c', at, refund));
  });

  it('never holds in the past', () => {
    told()
      .when(publish(merchant, 'a', '2026-11-18T08:59:59.999Z'))
      .isRefused('policy-is-never-in-the-past', { pointers: ['/effectiveFrom'] });
    told()
      .when(publish(merchant, 'a', at))
      .records(published(1, 'a', at));
  });

  it('never overtakes the one before it', () => {
    const next = told(published(1, 'a', tomorrow));
    next.when(publish(merchant, 'b')).isRefused('policy-would-overtake', { facts: { version: 1, from: tomorrow } });
    next.when(publish(merchant, 'b', tomorrow)).records(published(2, 'b', tomorrow));
  });

  it('that says what was said last says nothing', () => {
    told(published(1, 'a', at))
      .when(publish(merchant, 'a'))
      .recordsNothing();
    told(published(1, 'a', at))
      .when(publish(merchant, 'a', tomorrow))
      .records(published(2, 'a', tomorrow));
  });

  it('has to fit into the records of all who hear it', () => {
    const steps = Array.from({ length: 10 }, () => '验证'.repeat(100));
    const long = {
      kind: 'unlock-steps',
      body: { unlockSteps: { en: steps, 'zh-CN': steps }, unlockPolicy: { needs: [['branch-visit']], proofValidFor: 'P7D' } },
    } as const;
    told().when(publish(long, 'a')).isRefused('policy-is-too-long');
  });

  it('gives no code longer than ten minutes', () => {
    const codes = (validFor: string): PolicySaid => ({
      kind: 'codes',
      body: { stepUp: { tries: 5, validFor, perHour: 3, failsPerDay: 10, distrustFor: 'PT48H' } },
    });
    told()
      .when(publish(codes('PT10M'), 'a'))
      .records(published(1, 'a', at, codes('PT10M')));
    told()
      .when(publish(codes('PT10M1S'), 'a'))
      .isRefused('codes-live-too-long', { pointers: ['/stepUp/validFor'] });
  });

  it('names each rule and each version of the terms once', () => {
    const rule = { rule: 'new-device', when: 'a device is new', action: 'code', scope: 'outgoing', distrusts: ['push'] } as const;
    told()
      .when(publish({ kind: 'lock-rules', body: { lockRules: [rule, rule], claimLockFor: 'PT30M' } }, 'a'))
      .isRefused('policy-says-it-twice', {
        pointers: ['/lockRules/1/rule'],
      });
  });

  it('can say what every platform of this repository has settled', () => {
    for (const { terms, unlockSteps, unlockPolicy, lockRules, claimLockFor, stepUp } of allPlatformSettings().values()) {
      const said: PolicySaid[] = [
        { kind: 'terms', body: { terms } },
        { kind: 'unlock-steps', body: { unlockSteps, unlockPolicy } },
        { kind: 'lock-rules', body: { lockRules, claimLockFor } },
        { kind: 'codes', body: { stepUp } },
      ];
      for (const one of said)
        told()
          .when(publish(one, 'a'))
          .records(published(1, 'a', at, one));
    }
  });

  it('is told whole, under the key of its platform', () => {
    const { type, ...data } = published(1, 'a', at);
    const record = { type, tenant: 'lumen', data } as unknown as Parameters<typeof announcePolicies>[0];
    expect(announcePolicies(record)).toEqual([
      { topic: 'recourse.governance.v1', key: 'lumen/platform', type, data: { tenant: 'lumen', ...data } },
    ]);
  });
});
