import { describe, it } from '@jest/globals';
import { given as givenFor } from '@recourse/decider/testing';
import type { ComplaintEvent } from './complaint.js';
import { complaint } from './deciding.js';

const given = givenFor(complaint);
const by = { actor: 'cus-0012', role: 'customer', client: 'quanpay' };
const at = '2026-11-17T18:41:00.000Z';
const drafted: ComplaintEvent = { type: 'ComplaintDrafted', matter: 'm1', channel: 'app', language: 'zh-CN' };
const file = { evidence: 'e2', kind: 'chat-log', from: 'complainant', h: 'h'.repeat(43), size: 400 } as const;
const listed = (evidence: string, size = 600): ComplaintEvent => ({ type: 'EvidenceListed', ...file, evidence, size });
const list = { type: 'ListEvidence', by, at, ...file, quota: { files: 2, bytes: 1000 } } as const;

describe('Listing evidence under its complaint', () => {
  it('is recorded', () => given(drafted).when(list).records(listed('e2', 400)));
  it('fits in up to the last byte', () => given(drafted, listed('e1')).when(list).records(listed('e2', 400)));
  it('is refused when the bytes are used up', () =>
    given(drafted, listed('e1', 601))
      .when(list)
      .isRefused('quota-used-up', { facts: { files: 2, bytes: 1000 } }));
  it('is refused when the files are used up', () => given(drafted, listed('e0', 1), listed('e1', 1)).when(list).isRefused('quota-used-up'));
  it('counts what was set aside: the disk has it all the same', () =>
    given(drafted, listed('e1', 601), { type: 'EvidenceSetAside', evidence: 'e1', why: 'cannot-be-opened' })
      .when(list)
      .isRefused('quota-used-up'));
  it('comes from the customer’s own side when a customer gives it', () => {
    given(drafted)
      .when({ ...list, from: 'bank' })
      .isRefused('source-is-another', { pointers: ['/from'] });
    given(drafted)
      .when({ ...list, from: 'representative' })
      .records({ ...listed('e2', 400), from: 'representative' } as ComplaintEvent);
    given(drafted)
      .when({ ...list, by: { ...by, role: 'agent' }, from: 'bank' })
      .records({ ...listed('e2', 400), from: 'bank' } as ComplaintEvent);
  });
  it('says nothing when it is listed already', () => given(drafted, listed('e2', 400)).when(list).recordsNothing());
  it('names the version it redacts', () =>
    given(drafted, listed('e1'))
      .when({ ...list, redacts: 'e1' })
      .records({ ...listed('e2', 400), redacts: 'e1' } as ComplaintEvent));
  it('is refused to a discarded draft', () =>
    given(drafted, { type: 'DraftDiscarded', why: 'empty' }).when(list).isRefused('draft-is-discarded'));
});

describe('Setting evidence aside', () => {
  const setAside = { type: 'SetEvidenceAside', by, at, evidence: 'e1', why: 'malicious-content' } as const;
  it('is recorded', () =>
    given(drafted, listed('e1')).when(setAside).records({ type: 'EvidenceSetAside', evidence: 'e1', why: 'malicious-content' }));
  it('says nothing the second time', () =>
    given(drafted, listed('e1'), { type: 'EvidenceSetAside', evidence: 'e1', why: 'malicious-content' }).when(setAside).recordsNothing());
  it('is refused to a discarded draft', () =>
    given(drafted, { type: 'DraftDiscarded', why: 'empty' }).when(setAside).isRefused('draft-is-discarded'));
});
