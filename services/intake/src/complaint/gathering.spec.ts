import { describe, expect, it } from '@jest/globals';
import { commandsFor, personalIn, type Telling } from './gathering.js';

const by = { actor: 'agent-0417', role: 'agent', client: 'console' };
const at = '2026-11-17T18:41:00.000Z';
const ref = (group: string) => ({ id: group, group, key: 'k1', h: 'h' });
const everything: Telling = {
  details: { amount: { currency: 'CNY', value: 128000 }, occurredAt: { at }, device: { model: 'Phone' } },
  narrative: { text: '  钱没了😡 ' },
  category: 'scam',
  complainant: { name: '小明', telephone: '13800138000', dateOfBirth: '2015-06-01' },
  representative: { name: '王芳', capacity: 'guardian', scope: 'everything' },
};
const sealed = ['narrative', 'device', 'complainant', 'representative'].map(ref);
const circumstances = { by, at, sealed, representative: 'p1', zone: 'Asia/Shanghai' };

describe('What one request tells', () => {
  it('becomes commands in the order of a conversation, a guardian before the minor', () =>
    expect(commandsFor(everything, circumstances)).toEqual([
      {
        type: 'NameRepresentative',
        by,
        at,
        representative: 'p1',
        capacity: 'guardian',
        scope: 'everything',
        sealed: [ref('representative')],
      },
      { type: 'NameComplainant', by, at, capacity: 'holder', kind: 'consumer', born: '2015-06-01', sealed: [ref('complainant')] },
      { type: 'TellWhatHappened', by, at, characters: 4, sealed: [ref('narrative')] },
      { type: 'ChooseCategory', by, at, category: 'scam' },
      {
        type: 'GiveDetails',
        by,
        at,
        sealed: [ref('device')],
        details: {
          amount: { currency: 'CNY', value: 128000 },
          occurredAt: { at, precision: 'minute', zone: 'Asia/Shanghai' },
          device: 'sealed',
        },
      },
    ]));
  it('is nothing when nothing is told', () =>
    expect([...commandsFor({}, circumstances), ...commandsFor({ details: {} }, circumstances)]).toEqual([]));
  it('puts nothing personal into a command but the day of birth, which no event keeps', () => {
    const texts = JSON.stringify(commandsFor(everything, circumstances));
    for (const personal of ['小明', '王芳', '13800138000', '钱没了', 'Phone']) expect(texts).not.toContain(personal);
  });
});

describe('What is personal in it', () => {
  it('is sealed, group by group', () =>
    expect(personalIn(everything)).toEqual([
      { group: 'narrative', value: { text: '  钱没了😡 ' } },
      { group: 'device', value: { model: 'Phone' } },
      { group: 'complainant', value: { name: '小明', telephone: '13800138000', dateOfBirth: '2015-06-01' } },
      { group: 'representative', value: { name: '王芳' } },
    ]));
  it('is nothing when nobody and nothing personal is told', () =>
    expect(personalIn({ category: 'scam', details: { merchant: 'm-1' } })).toEqual([]));
});
