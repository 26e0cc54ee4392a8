import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { canonical } from './canonicalising.js';
import { eventOf, type NewEvent, type RecordV1 } from './record.js';
import { leafOf, noLeaf, RecordTooLarge, stamp } from './stamping.js';

const told = {
  tenant: 'quanpay',
  at: '2026-11-17T18:14:00.000Z',
  by: { actor: 'agent-0417', role: 'agent', client: 'desk' },
  corr: '01999999-0000-7000-8000-000000000001',
};
const place = { id: '01999999-0000-7000-8000-000000000002', stream: 'case-1', version: 0, prev: noLeaf };
const event = (more: object) => ({ type: 'CaseNoted', ...more }) as unknown as NewEvent;

describe('A stamped event', () => {
  it('is one canonical text with everything said about it', () => {
    const { record } = stamp(event({ note: 'n-1', count: 2 }), place, { ...told, cause: '01999999-0000-7000-8000-000000000000' });
    expect(record).toBe(
      '{"at":"2026-11-17T18:14:00.000Z","by":{"actor":"agent-0417","client":"desk","role":"agent"},' +
        '"cause":"01999999-0000-7000-8000-000000000000","corr":"01999999-0000-7000-8000-000000000001","data":{"count":2,"note":"n-1"},' +
        '"f":"recourse/record/v1","id":"01999999-0000-7000-8000-000000000002","prev":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",' +
        '"stream":"case-1","sv":1,"tenant":"quanpay","type":"CaseNoted","version":0}',
    );
  });
  it('has the leaf hash of RFC 6962', () => {
    const { record, leaf } = stamp(event({}), place, told);
    expect(leaf).toEqual(
      createHash('sha256')
        .update(Buffer.from([0]))
        .update(record)
        .digest(),
    );
    expect(leafOf('').toString('hex')).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'); // RFC 6962: the leaf of nothing
  });
  it('puts sealed groups, attachments, approval, effect and correction at the top, and gives them back to the fold', () => {
    const original = event({
      sealed: [{ id: 'i', group: 'note', key: 'k', h: 'h' }],
      attachments: [{ h: 'h', n: 3 }],
      eff: '2026-11-01T00:00:00.000Z',
      approval: { by: 'agent-0002', at: '2026-11-02T00:00:00.000Z' },
      corrects: 'other',
      amount: { currency: 'CNY', value: 128000 },
    });
    const record = JSON.parse(stamp(original, place, told).record) as RecordV1;
    expect(record.data).toEqual({ amount: { currency: 'CNY', value: 128000 } });
    expect(record).toMatchObject({
      sealed: original.sealed,
      attachments: original.attachments,
      approval: original.approval,
      corrects: 'other',
    });
    expect(eventOf(record)).toEqual(original);
    for (const { record: text } of [
      stamp(original, place, told),
      stamp(original, place, { ...told, cause: 'c' }),
      stamp(event({}), place, told),
    ])
      expect(text).toBe(canonical(JSON.parse(text)));
  });
  it('leaves out what is undefined, however deep, and nothing else', () => {
    const { data } = JSON.parse(
      stamp(event({ a: undefined, b: { c: undefined, d: null }, e: [{ f: undefined }] }), place, told).record,
    ) as RecordV1;
    expect(data).toEqual({ b: { d: null }, e: [{}] });
  });
});

describe('What cannot be stamped', () => {
  it('is a record above 8 KiB of UTF-8', () => {
    // Counted as if its version had ten digits: whether a record fits does not depend on where it comes to stand.
    const fits = 8192 - 9 - Buffer.byteLength(stamp(event({ text: '' }), place, told).record);
    expect(Buffer.byteLength(stamp(event({ text: 'x'.repeat(fits) }), place, told).record)).toBe(8192 - 9);
    expect(() => stamp(event({ text: 'x'.repeat(fits + 1) }), place, told)).toThrow(RecordTooLarge);
    expect(() => stamp(event({ text: '两'.repeat(fits / 2) }), place, told)).toThrow('CaseNoted');
  });
  it('is a time that is not an instant with milliseconds and Z', () => {
    for (const at of ['2026-11-17', '2026-11-17T18:14:00Z', '2026-11-17T18:14:00.000+08:00', '']) {
      expect(() => stamp(event({}), place, { ...told, at })).toThrow('instant');
    }
  });
  it('is what has no canonical form', () => {
    for (const odd of [1.5, NaN, new Date(), 'a\0', 'a\ud800', () => 1])
      expect(() => stamp(event({ odd }), place, told)).toThrow('/data/odd');
  });
});
