import { describe, expect, it } from '@jest/globals';
import { wordingOf, type Language, type WordingGroup } from '@recourse/contracts';
import { compose, guidanceFor, type Composition } from './composing.js';
import type { Facts } from './notice.js';
import { phraseMoney, phraseTime } from './phrasing.js';
import { tellsOf, whenHeard } from './policy.js';
import { templates } from './templates.loading.js';

const { messages, guidance } = templates();
const word = (group: string, code: string, language: Language) => wordingOf(language, group as WordingGroup, code);
const shanghai: Composition = { language: 'zh-CN', zone: 'Asia/Shanghai', platform: '全付钱包', facts: {}, opened: {} };
const write = (id: string, composition: Partial<Composition>) =>
  compose(templates().newest(id), [], templates().frame(), word, { ...shanghai, ...composition });

describe('Times and amounts', () => {
  it('are written as a customer in China reads them', () => {
    expect(phraseTime('2026-11-17T18:14:00.000Z', { language: 'zh-CN', zone: 'Asia/Shanghai' })).toBe('2026年11月18日 02:14（北京时间）');
    expect(phraseMoney({ currency: 'CNY', value: 128000 }, { language: 'zh-CN' })).toBe('人民币1,280.00元');
    expect(phraseMoney({ currency: 'USD', value: 32900 }, { language: 'zh-CN' })).toBe('329.00美元');
  });
  it('are written in English with the zone named', () => {
    expect(phraseTime('2026-11-17T18:14:00.000Z', { language: 'en', zone: 'Asia/Shanghai' })).toBe(
      '18 November 2026, 02:14 (Beijing time)',
    );
    expect(phraseTime('2026-07-01T12:00:00.000Z', { language: 'en', zone: 'America/New_York' })).toBe('1 July 2026, 08:00 (Eastern Time)');
    expect(phraseMoney({ currency: 'USD', value: -32905 }, { language: 'en' })).toBe('USD -329.05');
    expect(phraseMoney({ currency: 'JPY', value: 1234567 }, { language: 'en' })).toBe('JPY 1,234,567');
    expect(phraseMoney({ currency: 'KWD', value: 5 }, { language: 'en' })).toBe('KWD 0.005');
  });
});

describe('A message', () => {
  const locked: Facts = {
    account: 'W-1',
    state: 'outgoing-blocked',
    cause: 'claim',
    since: '2026-11-17T18:20:00.000Z',
    until: '2026-11-17T18:50:00.000Z',
    steps: ['打开应用', '输入验证码'],
  };

  it('says in Chinese what happened, how this platform unlocks and when he hears next', () => {
    const { subject, text } = write('account-locked', { facts: locked, nextUpdate: '2026-11-18T01:00:00.000Z' });
    expect(subject).toBe('全付钱包账户锁定通知：限制转出');
    expect(text).toContain('自2026年11月18日 02:20（北京时间）起限制转出。原因：投诉申报。');
    expect(text).toContain('· 打开应用\n· 输入验证码');
    expect(text).toContain('下次回复时间：2026年11月18日 09:00（北京时间）前。');
  });
  it('says that no update is due when none is', () =>
    expect(write('lock-lapsed', { facts: { account: 'W-1' } }).text).toContain('下次回复时间：暂无安排'));
  it('escapes in HTML whatever was typed, and leaves plain text plain', () => {
    const { text, html } = write('letter', {
      facts: { reference: 'R1', kind: 'update' },
      opened: { text: '<script>alert(1)</script> & {{platform}}' },
    });
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{platform}}');
    expect(html).not.toContain('<script>');
    expect(text).toContain('<script>alert(1)</script> & {{platform}}');
  });
  it('cannot be given a second header through a value', () =>
    expect(write('case-opened', { facts: { reference: 'R1\r\nBcc: x@y', receivedAt: '2026-11-17T18:20:00.000Z' } }).subject).not.toMatch(
      /[\r\n]/,
    ));
  it('is not written when a fact it needs is missing', () =>
    expect(() => write('case-opened', { facts: {} })).toThrow('case-opened v1 lacks reference, receivedAt'));
});

describe('Guidance', () => {
  it('comes with the closing of a security case and not with another', () => {
    const ids = (category: string) => guidanceFor('case-closed', category, guidance).map(({ id }) => id);
    expect(ids('account-taken-over')).toEqual(expect.arrayContaining(['secure-your-wallet', 'beware-of-false-helpers']));
    expect(ids('service-conduct')).toEqual([]);
  });
  it('takes the newest version of an item', () => {
    const [item] = guidance;
    const newer = { ...item!, version: 2 };
    expect(guidanceFor(item!.with[0]!, item!.categories?.[0], [item!, newer])).toContainEqual(newer);
    expect(guidanceFor(item!.with[0]!, item!.categories?.[0], [item!, newer])).not.toContainEqual(item);
  });
});

describe('Every template', () => {
  const everything: Record<string, unknown> = {
    account: 'W-1',
    state: 'locked',
    cause: 'rule',
    since: '2026-01-01T00:00:00.000Z',
    until: '2026-01-02T00:00:00.000Z',
    steps: ['one', 'two'],
    expires: '2026-01-01T00:10:00.000Z',
    amount: { currency: 'USD', value: 20000 },
    why: 'identity-not-proved',
    reference: 'R7K3-M9QX-2D',
    receivedAt: '2026-01-01T00:00:00.000Z',
    category: 'refund',
    priority: 'high',
    receipt: 'C7K3-M9QX-2D',
    badge: '0417',
    contactAt: '2026-01-01T00:00:00.000Z',
    channel: 'telephone',
    due: '2026-01-03T00:00:00.000Z',
    kind: 'final-response',
    how: 'answered',
    outcome: 'upheld',
    step: 'confirmed',
    ledgerReference: 'L-1',
    solution: 'money-returned',
    whyDeclined: 'used',
    whyFailed: 'timed-out',
    code: '123456',
    text: 'words',
    agentName: '陈静',
    proposedSolution: 'a way',
  };
  const special: Record<string, Record<string, unknown>> = {
    'cause-found': { cause: 'network' },
    'measure-planned': { kind: 'return-money' },
    'measure-done': { kind: 'return-money' },
    'measure-dropped': { kind: 'return-money' },
    'case-reopened': { why: 'new-information' },
    'information-asked': { what: 'chat-log' },
  };

  it.each(messages.flatMap((template) => (['en', 'zh-CN'] as const).map((language) => [template.id, language, template] as const)))(
    '%s can be written in %s, full and sparse',
    (id, language, template) => {
      const facts = { ...everything, ...special[id] } as Facts;
      const sparse = Object.fromEntries(template.needs.map((name) => [name, facts[name]])) as Facts;
      const full = write(id, { language, facts, nextUpdate: '2026-01-03T00:00:00.000Z' });
      const bare = write(id, { language, facts: sparse, nextUpdate: '2026-01-03T00:00:00.000Z' });
      for (const { subject, text, html } of [full, bare]) {
        expect(`${subject}${text}`).not.toMatch(/undefined|\[object|\{\{|NaN/);
        expect(html).toContain(`lang="${language}"`);
        expect(subject.length).toBeGreaterThan(3);
      }
      expect(full.text.length).toBeGreaterThanOrEqual(bare.text.length);
    },
  );

  it('is used by some message, and every message has its template', () => {
    const used = new Set(
      tellsOf.flatMap((type) =>
        ['registered', 'removed'].map((change) => {
          const data = { disclosable: true, channel: 'email', from: 'complainant', change };
          return whenHeard({ type, time: '2026-01-01T00:00:00.000Z', data })!.template;
        }),
      ),
    );
    expect([...used].sort()).toEqual(messages.map(({ id }) => id).sort());
  });
});
