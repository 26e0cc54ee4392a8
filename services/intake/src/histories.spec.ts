import { describe, expect, it } from '@jest/globals';
import {
  channelDirectoryHistory,
  complaintHistory,
  evidenceHistory,
  type ComplaintHistory,
  type EvidenceHistory,
  type Past,
} from '@recourse/contracts';
import type { EventMeta, NewEvent } from '@recourse/event-store';
import type { ChannelEvent } from './channel-directory/channel-directory.js';
import type { ComplaintEvent } from './complaint/complaint.js';
import type { EvidenceEvent } from './evidence/evidence.js';

const past = (event: NewEvent, version: number): Past => {
  const { type, sealed, attachments: _attachments, ...data } = event as NewEvent & EventMeta;
  return {
    type,
    at: `2026-11-17T18:0${version % 10}:00.000Z`,
    by: { actor: 'cus-0012', role: 'customer', client: 'quanpay' },
    data,
    version,
    ...(sealed && { sealed }),
  };
};
const h = 'h'.repeat(43);
const ref = (group: string, id = group) => ({ id, group, key: 'k1', h });
const by = { actor: 'cus-0012', role: 'customer' };

/** One event of each type: a type that is forgotten here does not compile, one the fold forgets does not pass. */
type Each<Event extends { type: string }> = { readonly [Type in Event['type']]: Extract<Event, { type: Type }> };

describe('The history of a complaint', () => {
  const each: Each<ComplaintEvent> = {
    ComplaintDrafted: {
      type: 'ComplaintDrafted',
      matter: 'm1',
      channel: 'app',
      language: 'zh-CN',
      account: 'wallet-8843',
      subject: 'cus-0012',
    },
    NarrativeGiven: { type: 'NarrativeGiven', language: 'zh-CN', sealed: [ref('narrative')] },
    DetailsGiven: {
      type: 'DetailsGiven',
      details: {
        amount: { value: { currency: 'CNY', value: 128000 }, source: 'complainant' },
        device: { value: 'sealed', source: 'complainant' },
      },
      sealed: [ref('device')],
    },
    CategoryChosen: { type: 'CategoryChosen', category: 'account-taken-over' },
    ComplainantNamed: { type: 'ComplainantNamed', capacity: 'holder', kind: 'consumer', sealed: [ref('complainant')] },
    RepresentativeNamed: {
      type: 'RepresentativeNamed',
      representative: 'p1',
      capacity: 'helper',
      scope: 'informing',
      sealed: [ref('representative')],
    },
    AuthorityToActRefused: { type: 'AuthorityToActRefused', representative: 'p1', why: 'document-unreadable', evidence: 'e1' },
    AuthorityToActAccepted: { type: 'AuthorityToActAccepted', representative: 'p1', evidence: 'e1' },
    CheckRecorded: { type: 'CheckRecorded', check: 'network', result: 'fine', how: 'asked' },
    HandedOff: { type: 'HandedOff', from: 'app', to: 'telephone', why: 'urgent' },
    EvidenceListed: { type: 'EvidenceListed', evidence: 'e1', kind: 'chat-log', from: 'complainant', h, size: 10 },
    EvidenceSetAside: { type: 'EvidenceSetAside', evidence: 'e1', why: 'malicious-content' },
    ComplaintReceived: {
      type: 'ComplaintReceived',
      reference: 'R7K3-M9QX-2D',
      receivedAt: '2026-11-17T18:10:00.000Z',
      channel: 'telephone',
      how: 'submitted',
      respondent: 'QuanPay',
      completeness: { score: 100, missing: [] },
    },
    DraftDiscarded: { type: 'DraftDiscarded', why: 'empty' },
  };
  const all = Object.values(each) as ComplaintEvent[];
  const told = all.slice(0, -1).map(past).reduce<ComplaintHistory | undefined>(complaintHistory, undefined)!;

  it('knows every event', () =>
    expect(() => all.map(past).reduce<ComplaintHistory | undefined>(complaintHistory, undefined)).not.toThrow());
  it('does not swallow what it does not know', () =>
    expect(() => complaintHistory(told, past({ type: 'SomethingElse' }, 99))).toThrow('unknown to a complaint: SomethingElse'));
  it('keeps everything told, with who said it', () => {
    expect(told).toMatchObject({
      matter: 'm1',
      stage: 'received',
      channel: 'telephone',
      category: 'account-taken-over',
      subject: 'cus-0012',
      receipt: { reference: 'R7K3-M9QX-2D', how: 'submitted' },
      narratives: [{ language: 'zh-CN', told: ref('narrative'), by }],
      details: {
        account: { value: 'wallet-8843' },
        amount: { value: { currency: 'CNY', value: 128000 }, source: 'complainant', by },
        device: { value: ref('device') },
      },
      complainants: [{ capacity: 'holder', person: ref('complainant') }],
      handOffs: [{ from: 'app', to: 'telephone' }],
      evidence: [{ evidence: 'e1', setAside: 'malicious-content' }],
    });
  });
  it('shows that an authority refused at first was accepted in the end, without the old reason', () =>
    expect(told.representatives).toEqual([
      {
        at: '2026-11-17T18:05:00.000Z',
        by,
        representative: 'p1',
        capacity: 'helper',
        scope: 'informing',
        person: ref('representative'),
        authority: 'accepted',
        evidence: 'e1',
      },
    ]));
  it('keeps what held before, when a detail is told anew', () => {
    const later = complaintHistory(
      told,
      past({ type: 'DetailsGiven', details: { amount: { value: { currency: 'CNY', value: 1 }, source: 'bank' } } } as NewEvent, 20),
    );
    expect(later.details.amount).toMatchObject({ value: { value: 1 }, source: 'bank' });
    expect(later.earlierDetails).toMatchObject([{ field: 'amount', value: { value: 128000 }, source: 'complainant' }]);
  });
  it('shows which version stands for redacted evidence', () =>
    expect(complaintHistory(told, past({ ...each.EvidenceListed, evidence: 'e2', redacts: 'e1' } as NewEvent, 20)).evidence).toMatchObject([
      { evidence: 'e1', redactedTo: 'e2' },
      { evidence: 'e2' },
    ]));
  it('becomes the complainant’s when somebody known to the platform is named', () =>
    expect(complaintHistory(told, past({ ...each.ComplainantNamed, subject: 'cus-0099' } as NewEvent, 20)).subject).toBe('cus-0099'));
  it('says that a draft was discarded, and why', () =>
    expect(complaintHistory(complaintHistory(undefined, past(each.ComplaintDrafted, 0)), past(each.DraftDiscarded, 1))).toMatchObject({
      stage: 'discarded',
      discarded: { why: 'empty', by },
    }));
});

describe('The history of a piece of evidence', () => {
  const received: EvidenceEvent = {
    type: 'EvidenceReceived',
    evidence: 'e1',
    matter: 'm1',
    from: 'complainant',
    kind: 'chat-log',
    mediaType: 'text/plain',
    h,
    size: 10,
    content: { id: 'c1', key: 'k1' },
    sealed: [ref('evidence-name')],
    attachments: [{ h, n: 38 }],
  };
  const later: Each<Exclude<EvidenceEvent, { type: 'EvidenceReceived' }>> = {
    EvidenceCleared: { type: 'EvidenceCleared' },
    EvidenceQuarantined: { type: 'EvidenceQuarantined', why: 'cannot-be-opened' },
    EvidenceRedacted: { type: 'EvidenceRedacted', to: 'e2', why: 'card-data' },
  };
  const states: Record<keyof typeof later, EvidenceHistory['state']> = {
    EvidenceCleared: 'cleared',
    EvidenceQuarantined: 'quarantined',
    EvidenceRedacted: 'redacted',
  };
  const first = evidenceHistory(undefined, past(received, 0));

  it('begins with the file', () =>
    expect(first).toEqual({
      state: 'received',
      evidence: 'e1',
      matter: 'm1',
      from: 'complainant',
      kind: 'chat-log',
      mediaType: 'text/plain',
      h,
      size: 10,
      content: { id: 'c1', key: 'k1' },
      name: ref('evidence-name'),
      receivedAt: '2026-11-17T18:00:00.000Z',
      receivedFrom: by,
    }));
  it.each(Object.keys(later) as (keyof typeof later)[])('knows %s', (type) =>
    expect(evidenceHistory(first, past(later[type], 1)).state).toBe(states[type]),
  );
  it('does not swallow what it does not know', () =>
    expect(() => evidenceHistory(first, past({ type: 'SomethingElse' }, 1))).toThrow('unknown to evidence'));
});

describe('The history of a platform’s channels', () => {
  const each: Each<ChannelEvent> = {
    ChannelListed: {
      type: 'ChannelListed',
      channel: 'hotline',
      kind: 'telephone',
      address: '1',
      languages: ['en'],
      zone: 'UTC',
      validFrom: '2025-01-01T00:00:00.000Z',
    },
    ChannelVerified: { type: 'ChannelVerified', channel: 'hotline' },
    ChannelChanged: { type: 'ChannelChanged', channel: 'hotline', changes: { address: '2' } },
    ChannelRetired: { type: 'ChannelRetired', channel: 'hotline', why: 'closed' },
  };
  it('keeps the address it had, and asks for a new verification', () =>
    expect(
      Object.values(each)
        .map(past)
        .reduce(channelDirectoryHistory, undefined as never),
    ).toEqual({
      channels: [
        {
          channel: 'hotline',
          kind: 'telephone',
          address: '2',
          languages: ['en'],
          zone: 'UTC',
          validFrom: '2025-01-01T00:00:00.000Z',
          verified: false,
          formerAddresses: [{ address: '1', until: '2026-11-17T18:02:00.000Z' }],
          retired: { why: 'closed', at: '2026-11-17T18:03:00.000Z' },
        },
      ],
    }));
  it('does not swallow what it does not know', () =>
    expect(() => channelDirectoryHistory(undefined, past({ type: 'SomethingElse' }, 1))).toThrow('unknown to a channel directory'));
});
