import { describe, expect, it } from '@jest/globals';
import { complaintHistory, contractsFolder, type ComplaintHistory } from '@recourse/contracts';
import type { EventMeta, Recorded } from '@recourse/event-store';
import type { Announcement } from '@recourse/relay';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { announceComplaint } from './announcing.js';
import type { ComplaintEvent } from './complaint.js';

const folder = join(contractsFolder('events'), 'recourse.complaint.v1');
const ajv = addFormats.default(new Ajv2020({ strict: true, strictRequired: false, allErrors: true }));
const schemas = new Map(
  readdirSync(folder).map((file) => [file.replace(/\.v1\.json$/, ''), ajv.compile(JSON.parse(readFileSync(join(folder, file), 'utf8')))]),
);

const matter = '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22';
const evidence = '019a9c40-1f02-7a10-8c11-aa5b7e0c9d31';
const redacted = '019a9c52-aa01-7b10-9c11-bb5b7e0c9d44';
const h = 'h'.repeat(43);
const ref = (group: string) => ({ id: `sealed-${group}`, group, key: 'k1', h });

const recorded = (event: ComplaintEvent, version: number): Recorded => {
  const { type, sealed, ...data } = event as ComplaintEvent & EventMeta;
  return {
    f: 'recourse/record/v1',
    type,
    sv: 1,
    id: `event-${version}`,
    stream: `complaint-${matter}`,
    version,
    tenant: 'quanpay',
    at: '2026-11-17T18:41:07.112Z',
    by: { actor: 'agent-0417', role: 'agent', client: 'console' },
    corr: matter,
    prev: h,
    data,
    position: version,
    recordedAt: '2026-11-17T18:41:07.200Z',
    leaf: h,
    text: '',
    ...(sealed && { sealed }),
  };
};

/** Folds what happened, and returns what the neighbours hear of the last of it. */
const heardOf = (...events: readonly [ComplaintEvent, ...ComplaintEvent[]]): readonly Announcement[] => {
  const records = events.map(recorded);
  const history = records.reduce<ComplaintHistory | undefined>(complaintHistory, undefined);
  return announceComplaint(records.at(-1)!, history);
};

const drafted: ComplaintEvent = {
  type: 'ComplaintDrafted',
  matter,
  channel: 'app',
  language: 'zh-CN',
  account: 'wallet-8843',
  subject: 'cus-0012',
};
const narrative: ComplaintEvent = { type: 'NarrativeGiven', language: 'zh-CN', sealed: [ref('narrative')] };
const complainant: ComplaintEvent = {
  type: 'ComplainantNamed',
  subject: 'cus-0012',
  capacity: 'holder',
  kind: 'consumer',
  sealed: [ref('complainant')],
};
const details: ComplaintEvent = {
  type: 'DetailsGiven',
  details: {
    occurredAt: { value: { at: '2026-11-17T18:14:00.000Z', precision: 'minute', zone: 'Asia/Shanghai' }, source: 'complainant' },
    amount: { value: { currency: 'CNY', value: 128000 }, source: 'platform' },
    device: { value: 'sealed', source: 'complainant' },
  },
  sealed: [ref('device')],
};
const category: ComplaintEvent = { type: 'CategoryChosen', category: 'account-taken-over' };
const check: ComplaintEvent = { type: 'CheckRecorded', check: 'network', result: 'fine', how: 'automatic' };
const handedOff: ComplaintEvent = { type: 'HandedOff', from: 'app', to: 'telephone', why: 'urgent' };
const listed: ComplaintEvent = { type: 'EvidenceListed', evidence, kind: 'chat-log', from: 'complainant', h, size: 20480 };
const listedRedacted: ComplaintEvent = { ...listed, evidence: redacted, redacts: evidence };
const setAside: ComplaintEvent = { type: 'EvidenceSetAside', evidence, why: 'malicious-content' };
const received: ComplaintEvent = {
  type: 'ComplaintReceived',
  reference: 'R7K3-M9QX-2D',
  receivedAt: '2026-11-17T18:41:07.112Z',
  channel: 'telephone',
  how: 'told-to-staff',
  respondent: 'QuanPay',
  category: 'account-taken-over',
  account: 'wallet-8843',
  amount: { currency: 'CNY', value: 128000 },
  reporterVerified: 'security-questions',
  completeness: { score: 100, missing: [] },
};
const { reporterVerified: _verified, ...byAStranger } = received;
const told = [drafted, narrative, complainant, details, category, check, listed, handedOff] as const;
const afterwards: readonly ComplaintEvent[] = [
  details,
  category,
  check,
  handedOff,
  listed,
  listedRedacted,
  setAside,
  narrative,
  complainant,
  { type: 'RepresentativeNamed', representative: 'p1', capacity: 'helper', scope: 'informing', sealed: [ref('representative')] },
  { type: 'AuthorityToActAccepted', representative: 'p1', evidence },
  { type: 'AuthorityToActRefused', representative: 'p1', why: 'document-expired' },
];

describe('What the neighbours hear of a complaint', () => {
  it('is nothing while it is a draft', () => {
    told.forEach((_event, last) => expect(heardOf(drafted, ...told.slice(1, last + 1))).toEqual([]));
    expect(heardOf(drafted, { type: 'DraftDiscarded', why: 'empty' })).toEqual([]);
  });

  it('is, at receipt, everything needed to open a case', () =>
    expect(heardOf(...told, received)).toEqual([
      {
        topic: 'recourse.complaint.v1',
        key: matter,
        type: 'ComplaintReceived',
        data: {
          matter,
          reference: 'R7K3-M9QX-2D',
          receivedAt: '2026-11-17T18:41:07.112Z',
          channel: 'telephone',
          language: 'zh-CN',
          respondent: 'QuanPay',
          category: 'account-taken-over',
          account: 'wallet-8843',
          subject: 'cus-0012',
          capacity: 'holder',
          complainantKind: 'consumer',
          occurredAt: { at: '2026-11-17T18:14:00.000Z', precision: 'minute', zone: 'Asia/Shanghai' },
          amount: { currency: 'CNY', value: 128000 },
          known: ['account', 'occurredAt', 'amount', 'device'],
          reporterVerified: true,
          verifiedHow: 'security-questions',
          completeness: { score: 100, missing: [] },
          checks: [{ check: 'network', result: 'fine', how: 'automatic' }],
          evidence: [{ evidence, kind: 'chat-log', from: 'complainant', h, size: 20480 }],
        },
        sealed: [ref('narrative'), ref('complainant'), ref('device')],
      },
    ]));

  it('is the last narrative, when it was told twice', () =>
    expect(heardOf(...told, { ...narrative, sealed: [{ ...ref('narrative'), id: 'newer' }] }, received)[0]!.sealed![0]!.id).toBe('newer'));

  it('leaves out evidence that was set aside or redacted', () => {
    const dataOf = (...events: ComplaintEvent[]) => heardOf(...told, ...events, received)[0]!.data as { evidence: { evidence: string }[] };
    expect(dataOf(setAside).evidence).toEqual([]);
    expect(dataOf(listedRedacted).evidence.map((one) => one.evidence)).toEqual([redacted]);
  });

  it('is, after receipt, each further detail with its source and the sealed device', () =>
    expect(heardOf(...told, received, details)).toMatchObject([
      {
        type: 'DetailsGiven',
        data: {
          matter,
          details: { occurredAt: { precision: 'minute' }, amount: { value: 128000 } },
          sources: { occurredAt: 'complainant', amount: 'platform', device: 'complainant' },
          known: ['account', 'occurredAt', 'amount', 'device'],
        },
        sealed: [ref('device')],
      },
    ]));

  it('is two things of a redacted version: it came, and it stands for the original', () =>
    expect(heardOf(...told, received, listedRedacted).map(({ type, data }) => [type, data])).toEqual([
      ['EvidenceReceived', { matter, evidence: redacted, kind: 'chat-log', from: 'complainant', h, size: 20480 }],
      ['EvidenceRedacted', { matter, evidence, to: redacted }],
    ]));

  it('keeps to its schema, every message of it, and each type is said at most once of an event', () => {
    const said = [heardOf(...told, received), heardOf(drafted, narrative, byAStranger)];
    for (const event of afterwards)
      said.push(
        heardOf(
          ...told,
          received,
          { type: 'RepresentativeNamed', representative: 'p1', capacity: 'helper', scope: 'informing', sealed: [ref('representative')] },
          event,
        ),
      );
    const types = new Set<string>();
    for (const announcements of said) {
      expect(new Set(announcements.map(({ type }) => type)).size).toBe(announcements.length);
      for (const { type, data } of announcements) {
        const valid = schemas.get(type)!;
        expect({ type, errors: valid(JSON.parse(JSON.stringify(data))) ? [] : valid.errors }).toEqual({ type, errors: [] });
        types.add(type);
      }
    }
    expect([...types].sort()).toEqual([...schemas.keys()].sort());
  });
});
