import { describe, expect, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import type { ComplaintEvent, ComplaintReceived } from './complaint.js';
import { complaint } from './deciding.js';

const given = givenFor(complaint);
const customer = { actor: 'cus-0012', role: 'customer', client: 'quanpay' };
const platform = { actor: 'quanpay', role: 'platform', client: 'quanpay' };
const at = '2026-11-17T18:30:00.000Z';
const served = ['app', 'telephone', 'letter', 'authority'] as const;

const draft = { type: 'DraftComplaint', by: customer, at, matter: 'm1', channel: 'app', served, language: 'zh-CN' } as const;
const drafted: ComplaintEvent = {
  type: 'ComplaintDrafted',
  matter: 'm1',
  channel: 'app',
  language: 'zh-CN',
  subject: 'cus-0012',
  reporterVerified: 'token-exchange',
};
const received: ComplaintReceived = {
  type: 'ComplaintReceived',
  reference: 'R000-0000-0R',
  receivedAt: at,
  channel: 'app',
  how: 'submitted',
  respondent: 'QuanPay',
  completeness: { score: 50, missing: [] },
};
const discarded: ComplaintEvent = { type: 'DraftDiscarded', why: 'made-by-mistake' };

describe('Drafting', () => {
  it('makes the complaint the customer’s own', () => given().when(draft).records(drafted));
  it('by the platform names whose it is, and which account', () =>
    given()
      .when({ ...draft, by: platform, subject: 'cus-0077', account: 'wallet-1' })
      .records({ type: 'ComplaintDrafted', matter: 'm1', channel: 'app', language: 'zh-CN', subject: 'cus-0077', account: 'wallet-1' }));
  it('for nobody known is fine: whoever complains is heard', () =>
    given()
      .when({ ...draft, by: platform })
      .records({ type: 'ComplaintDrafted', matter: 'm1', channel: 'app', language: 'zh-CN' }));
  it('is refused through a channel the platform does not serve', () =>
    given()
      .when({ ...draft, channel: 'counter' })
      .isRefused('channel-not-served', { pointers: ['/channel'] }));
  it('is refused to a customer who names another as the complainant', () =>
    given()
      .when({ ...draft, subject: 'cus-0077' })
      .isRefused('subject-is-another', { pointers: ['/subject'] }));
  it('says nothing the second time', () => given(drafted).when(draft).recordsNothing());
});

describe('Handing off', () => {
  const handOff = { type: 'HandOff', by: customer, at, to: 'telephone', served, why: 'urgent' } as const;
  it('moves the conversation', () =>
    given(drafted).when(handOff).records({ type: 'HandedOff', from: 'app', to: 'telephone', why: 'urgent' }));
  it('keeps all that was told', () => {
    const told: ComplaintEvent[] = [
      drafted,
      { type: 'CategoryChosen', category: 'scam' },
      { type: 'NarrativeGiven', language: 'zh-CN', sealed: [] },
    ];
    const before = told.reduce(complaint.evolve, complaint.initial);
    const after = complaint.evolve(before, { type: 'HandedOff', from: 'app', to: 'telephone', why: 'urgent' });
    expect(after).toEqual({ ...before, channel: 'telephone', told: 4 });
  });
  it('is possible after receipt', () =>
    given(drafted, received).when(handOff).records({ type: 'HandedOff', from: 'app', to: 'telephone', why: 'urgent' }));
  it('says nothing to the channel we are on', () =>
    given(drafted)
      .when({ ...handOff, to: 'app' })
      .recordsNothing());
  it('is refused to a channel the platform does not serve', () =>
    given(drafted)
      .when({ ...handOff, to: 'counter' })
      .isRefused('channel-not-served', { pointers: ['/to'] }));
  it('is refused to a discarded draft', () => given(drafted, discarded).when(handOff).isRefused('draft-is-discarded'));
});

describe('Discarding a draft', () => {
  const discard = { type: 'DiscardDraft', by: customer, at, why: 'made-by-mistake' } as const;
  it('is recorded', () => given(drafted).when(discard).records(discarded));
  it('says nothing the second time', () => given(drafted, discarded).when(discard).recordsNothing());
  it('is refused once the complaint is received', () => given(drafted, received).when(discard).isRefused('complaint-is-received'));
});
