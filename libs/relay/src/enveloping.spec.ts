import { describe, expect, it } from '@jest/globals';
import { beatOf, envelope, heartbeat, open, tenantDisagrees, Unreadable } from './enveloping.js';
import type { Message } from './message.js';
import type { HeardMessage } from './transport.js';

const message: Message = {
  id: '0190.CaseAssessed.v1',
  type: 'CaseAssessed',
  version: 1,
  source: 'case-tracking',
  topic: 'recourse.case.v1',
  key: '0189',
  tenant: 'quanpay',
  time: '2026-11-18T02:14:00.000Z',
  corr: '0189',
  cause: '0190',
  stream: 'case-0189',
  streamVersion: 4,
  data: { severity: 'grave', note: '凌晨两点' },
  sealed: [{ id: 's1', group: 'narrative', key: 'k1', h: 'h1', blob: 'Ynl0ZXM' }],
};
const heard = (outgoing = envelope(message)): HeardMessage => ({ ...outgoing, partition: 2, offset: '17' });

describe('The envelope', () => {
  it('is a CloudEvent in binary mode', () => {
    expect(envelope(message)).toEqual({
      topic: 'recourse.case.v1',
      key: '0189',
      headers: {
        ce_specversion: '1.0',
        ce_id: '0190.CaseAssessed.v1',
        ce_type: 'recourse.case.CaseAssessed.v1',
        ce_source: '/services/case-tracking',
        ce_subject: 'case-0189',
        ce_time: '2026-11-18T02:14:00.000Z',
        ce_dataschema: 'https://recourse.example/events/recourse.case.v1/CaseAssessed.v1.json',
        'content-type': 'application/json',
        ce_partitionkey: '0189',
        ce_tenantid: 'quanpay',
        ce_sequence: '4',
        ce_correlationid: '0189',
        ce_causationid: '0190',
      },
      value: JSON.stringify({ data: message.data, sealed: message.sealed }),
    });
  });

  it('gives back what was put in', () => {
    expect(open(heard())).toEqual(message);
    expect(open(heard(envelope({ ...message, traceparent: '00-ab-cd-01' })))).toEqual({ ...message, traceparent: '00-ab-cd-01' });
    const record: Message = {
      ...message,
      topic: 'recourse.records.v1',
      type: 'Record',
      position: 812,
      data: { record: '{}', recordedAt: message.time },
    };
    expect(open(heard(envelope(record)))).toEqual(record);
  });

  it('says what is missing, never what is there', () => {
    const without = (name: string) => ({
      ...heard(),
      headers: Object.fromEntries(Object.entries(heard().headers).filter(([header]) => header !== name)),
    });
    for (const name of [
      'ce_id',
      'ce_type',
      'ce_source',
      'ce_tenantid',
      'ce_time',
      'ce_subject',
      'ce_correlationid',
      'ce_causationid',
      'ce_sequence',
    ])
      expect(() => open(without(name))).toThrow(new Unreadable(`${name} is missing`));
    for (const value of ['', '{', '[]', 'null', '{"data":1,"sealed":[]}', '{"data":{}}'])
      expect(() => open({ ...heard(), value })).toThrow(Unreadable);
  });

  it('tells a sign of life from a message', () => {
    const said = heartbeat('recourse.case.v1', 'case-tracking', message.time);
    expect(beatOf({ ...heard(said), headers: { ...said.headers, ce_partitions: '6' } })).toEqual({ upTo: message.time, partitions: 6 });
    expect(beatOf(heard())).toBeUndefined();
    expect(beatOf(heard(envelope({ ...message, key: 'heartbeat' })))).toBeUndefined();
  });

  it('notices a tenant that is not the one of the key or the data', () => {
    expect(tenantDisagrees(message)).toBe(false);
    expect(tenantDisagrees({ ...message, key: 'quanpay/acc-1' })).toBe(false);
    expect(tenantDisagrees({ ...message, key: 'tidepay/acc-1' })).toBe(true);
    expect(tenantDisagrees({ ...message, data: { tenant: 'tidepay' } })).toBe(true);
  });
});
