import { describe, expect, it } from '@jest/globals';
import { happeningOf, memberName, wordingOf, type AuditedEvent, type WordingGroup } from '@recourse/contracts';
import { colours, fitted, padded, plain, widthOf } from './laying-out.js';
import { retell, type Manner } from './retelling.js';
import { groupsFor, isOnStage, isTold } from './staging.js';

const manner = (language: 'en' | 'zh-CN', more: Partial<Manner> = {}): Manner => ({
  language,
  zone: 'Asia/Shanghai',
  ink: plain,
  columns: 100,
  happening: (type) => happeningOf(language, type),
  member: (name) => memberName(language, name),
  word: (group, code) => {
    try {
      return wordingOf(language, group as WordingGroup, code);
    } catch {
      return undefined;
    }
  },
  money: ({ currency, value }) => `${currency} ${(value / 100).toFixed(2)}`,
  somebody: (actor) => (actor === 'w-t4k9yd2hq7' ? { name: '陈静', badge: '0417' } : undefined),
  ...more,
});
const step = (type: string, more: Partial<AuditedEvent> = {}): AuditedEvent => ({
  n: 1,
  position: 'case-tracking:812',
  leaf: 'l',
  recordedAt: '2026-11-17T18:14:05.123Z',
  at: '2026-11-17T18:14:05.000Z',
  type,
  stream: 'case-m1',
  version: 3,
  by: { actor: 'w-t4k9yd2hq7', role: 'agent', client: 'console' },
  data: {},
  sealed: [],
  changes: [],
  ...more,
});

describe('A step, retold', () => {
  it('says when, what, where in which log, who with his badge, and what changed, in the desk’s words', () => {
    const text = retell(
      [
        step('CaseAssessed', {
          data: { severity: 'critical' },
          changes: [
            { path: '/stage', from: 'received', to: 'assessed' },
            { path: '/assessment', to: {} },
          ],
        }),
      ],
      manner('zh-CN'),
    );
    expect(text).toMatch(/2026\/11\/18 {2}Asia\/Shanghai/);
    expect(text).toMatch(/02:14:05\.123 {2}投诉已受理 +case-tracking:812/);
    expect(text).toContain('陈静, 工号 0417 · agent');
    expect(text).toContain('阶段  已登记 → 已受理，处理中');
    expect(text).toContain('严重程度  严重');
  });
  it('says what was told at first, with amounts and times, without ids, and names what is sealed', () => {
    const data = {
      amount: { currency: 'CNY', value: 128000 },
      occurredAt: '2026-11-17T18:14:00.000Z',
      letter: '019a9c3e-8a40-7b10-9c3d-5a1e0c7f2b61',
      note: { sealed: 'note', h: 'h' },
    };
    const text = retell(
      [step('ComplaintReceived', { data, sealed: ['narrative', 'complainant'], changes: [{ path: '', to: {} }] })],
      manner('en'),
    );
    for (const part of ['amount  CNY 1280.00', 'occurred  18 Nov 2026 02:14:00', '[sealed: note]', 'sealed: narrative, complainant'])
      expect(text).toContain(part);
  });
  it('says when something happened as the clock showed it there, and how exactly that is known', () => {
    const told = (zone: string) =>
      retell(
        [step('DetailsGiven', { data: { occurredAt: { at: '2026-11-17T18:14:00.000Z', precision: 'minute', zone } } })],
        manner('zh-CN'),
      );
    expect(told('Asia/Shanghai')).toContain('发生时间  2026/11/18 02:14:00 (精确到分钟)');
    expect(told('Asia/Tokyo')).toContain('发生时间  2026/11/18 03:14:00 Asia/Tokyo (精确到分钟)');
  });

  it('says who it was where no directory knows: a service by rule, the platform for its customer, the badge in the record', () => {
    const who = (by: AuditedEvent['by'], data = {}) => retell([step('NoteAdded', { by, data })], manner('en'));
    expect(who({ actor: 'service:account-lock', role: 'service', client: 'account-lock' })).toContain('Recourse (account-lock), by rule');
    expect(who({ actor: 'tidepay-platform', role: 'platform', client: 'tidepay-platform', for: 'C-1' })).toContain(
      'the platform (tidepay-platform) · for C-1',
    );
    expect(who({ actor: 'w-x', role: 'agent', client: 'console' }, { badge: '0210' })).toContain('agent w-x, badge 0210');
  });
  it('shows what was erased or may only be stored as a gap: since when and by which order, in both languages', () => {
    const at = '2026-11-20T00:00:00.000Z';
    const erased = { at, order: 'order-7' };
    const told = step('ComplaintReceived', {
      data: { note: { sealed: 'note', h: 'h', erased } },
      sealed: ['narrative', 'complainant', 'device'],
      gaps: [
        { group: 'narrative', erased },
        { group: 'device', restricted: { at } },
      ],
    });
    const text = retell([told], manner('en'));
    for (const part of [
      'sealed: complainant',
      '░░ erased 20 Nov 2026 08:00:00 · order order-7: narrative',
      '░░ stored only, since 20 Nov 2026 08:00:00: device',
      '[░░ erased 20 Nov 2026 08:00:00 · order order-7: note]',
    ])
      expect(text).toContain(part);
    expect(retell([told], manner('zh-CN'))).toContain('░░ 已删除，时间 2026/11/20 08:00:00 · 指令 order-7: narrative');
  });
  it('counts what does not fit instead of showing it', () => {
    const changes = Array.from({ length: 9 }, (_, n) => ({ path: `/a${n}`, from: n, to: n + 1 }));
    expect(retell([step('FactsNoted', { changes })], manner('en'))).toContain('… 2');
  });
  it('shows a miss in red and a kept promise in green, on a terminal only', () => {
    expect(retell([step('PromiseMissed')], manner('en', { ink: colours }))).toContain('\u001b[31m');
    expect(retell([step('PromiseKept')], manner('en', { ink: colours }))).toContain('\u001b[32m');
    expect(retell([step('PromiseMissed')], manner('en'))).not.toContain('\u001b');
  });
  it('says of a message that left which one it was', () => {
    const planned = step('NoticePlanned', { stream: 'notice-1', data: { template: { id: 'account-locked', version: 1 } } });
    const text = retell([planned, step('NoticeSent', { stream: 'notice-1' })], manner('en'), isOnStage);
    expect(text).toContain('The message has left: account-locked');
    expect(text).not.toContain('planned');
  });
  it('begins each day once', () => {
    const text = retell(
      [step('NoteAdded'), step('NoteAdded'), step('NoteAdded', { recordedAt: '2026-11-18T16:00:00.000Z' })],
      manner('en'),
    );
    expect(text.match(/Asia\/Shanghai/g)).toHaveLength(2);
  });
});

describe('The stage', () => {
  const by = { actor: 'a', role: 'agent', client: 'c' };
  const shown = (...streams: string[]) => streams.filter((stream) => isOnStage({ stream, type: 'T', by }));
  it('leaves out what only serves the house', () =>
    expect(
      shown('case-1', 'notice-1', 'feed-quanpay', 'correspondence-1', 'reference-R1', 'ledger-reference-q-1', 'step-up-q-1', 'opening-1'),
    ).toEqual(['case-1', 'notice-1', 'step-up-q-1', 'opening-1']));
  it('shows who read personal data, but not that the house opened an address to send a mail', () => {
    const opened = (role: string) => isOnStage({ stream: 'opening-1', type: 'GroupsOpened', by: { ...by, role } });
    expect([opened('agent'), opened('service')]).toEqual([true, false]);
  });
  it('has words for a state that fit what is in that state', () => {
    expect(groupsFor('state', 'case-1/promises/0/state')).toEqual(['promise-state']);
    expect(groupsFor('state', 'account-quanpay-W1/state')).toEqual(['account-state']);
    expect(groupsFor('state', 'notice-1/state')).toEqual([]);
  });
  it('tells no ids, no hashes and no machinery', () =>
    expect(
      Object.entries({
        letter: '019a9c3e-8a40-7b10-9c3d-5a1e0c7f2b61',
        heard: 'x',
        h: 'h',
        terms: { h: `sha256:${'a'.repeat(64)}` },
        locks: ['019a9c3e-8a40-7b10-9c3d-5a1e0c7f2b61'],
        badge: '0417',
        none: null,
      })
        .filter(([name, value]) => isTold(name, value))
        .map(([name]) => name),
    ).toEqual(['badge']));
});

describe('Columns', () => {
  it('are two for a Chinese character', () =>
    expect([widthOf('陈静a'), padded('陈静', 6), fitted('陈静已受理', 6)]).toEqual([5, '陈静  ', '陈静…']));
});
