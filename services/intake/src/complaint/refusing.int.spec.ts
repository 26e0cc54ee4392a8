import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { intakeUnderTest, type Heard, type IntakeUnderTest } from '../intake.testing.js';

let intake: IntakeUnderTest;
beforeAll(async () => (intake = await intakeUnderTest()));
afterAll(() => intake.close());

const customer = () => intake.as({ sub: 'cus-0012', role: 'customer', tenant: 'quanpay' });

const story = '凌晨两点有人从我的数字钱包转走了1280元，我没有操作过';
const taken = {
  channel: 'app',
  account: 'wallet-8843',
  narrative: { text: story },
  category: 'account-taken-over',
  details: { occurredAt: { at: '2025-11-18T02:14:00+08:00' }, amount: { currency: 'CNY', value: 128000 } },
};
const problems = ({ body }: Heard) => ({
  code: body.code,
  errors: (body.errors ?? []).map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`),
});

describe('Bad input changes nothing', () => {
  const before = async () => intake.store.head();
  const draft = { ...taken };

  it.each([
    ['an unknown field', { ...draft, colour: 'red' }, ['/colour unknown-field']],
    ['a field of the wrong type', { ...draft, channel: 7 }, ['/channel code-unknown']],
    ['a missing field', { narrative: { text: 'x' } }, ['/channel field-missing']],
    [
      'a fraction of a fen',
      { ...draft, details: { amount: { currency: 'CNY', value: 1280.5 } } },
      ['/details/amount/value amount-not-in-minor-units'],
    ],
    ['a negative amount', { ...draft, details: { amount: { currency: 'CNY', value: -1 } } }, ['/details/amount/value amount-not-positive']],
    [
      'a currency nobody knows',
      { ...draft, details: { amount: { currency: 'ZZZ', value: 1 } } },
      ['/details/amount/currency currency-unknown'],
    ],
    ['an account that is a telephone number', { ...draft, account: '13800138000' }, ['/account id-looks-personal']],
    [
      'a day that does not exist',
      { ...draft, details: { occurredAt: { at: '2026-02-31T00:00:00Z' } } },
      ['/details/occurredAt/at instant-malformed'],
    ],
    ['NUL in the narrative', { ...draft, narrative: { text: 'a\u0000b' } }, ['/narrative/text text-not-storable']],
    ['half a surrogate pair', { ...draft, narrative: { text: 'a\ud800b' } }, ['/narrative/text text-not-storable']],
    ['a list for an object', { ...draft, details: [] }, ['/details not-an-object']],
  ])('%s', async (_what, body, errors) => {
    const head = await before();
    const refused = await customer().post('/v1/complaints', body);
    expect(refused.status).toBe(400);
    expect(problems(refused)).toEqual({ code: 'request-invalid', errors });
    expect(await intake.store.head()).toBe(head);
  });

  it('a date in the future', async () => {
    const refused = await customer().post(
      '/v1/complaints',
      { ...draft, details: { occurredAt: { at: '2099-01-01T00:00:00Z' } } },
      { headers: { 'accept-language': 'zh-CN' } },
    );
    expect(refused.status).toBe(422);
    expect(problems(refused)).toEqual({ code: 'occurred-in-the-future', errors: ['/details/occurredAt/at occurred-in-the-future'] });
    expect(refused.body.title).toBe('发生时间不能晚于当前时间');
  });

  it('a time zone nobody knows', async () =>
    expect(
      problems(
        await customer().post('/v1/complaints', {
          ...draft,
          details: { occurredAt: { at: '2026-01-01T00:00:00Z', zone: 'Asia/Atlantis' } },
        }),
      ),
    ).toEqual({
      code: 'zone-unknown',
      errors: ['/details/occurredAt/zone zone-unknown'],
    }));

  it('no key, or a key used for something else', async () => {
    expect(await customer().post('/v1/complaints', draft, { key: null })).toMatchObject({
      status: 400,
      body: { code: 'idempotency-key-missing' },
    });
    const key = randomUUID();
    expect(await customer().post('/v1/complaints', draft, { key })).toMatchObject({ status: 201 });
    expect(await customer().post('/v1/complaints', { ...draft, account: 'wallet-2' }, { key })).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
  });

  it('nothing more to tell', async () => {
    const { body } = await customer().post('/v1/complaints', draft);
    expect(await customer().post(`/v1/complaints/${body.matter}/details`, {})).toMatchObject({
      status: 422,
      body: { code: 'nothing-was-told' },
    });
  });

  it('a customer who records a check', async () => {
    const { body } = await customer().post('/v1/complaints', draft);
    expect(await customer().post(`/v1/complaints/${body.matter}/checks`, { check: 'network', result: 'fine' })).toMatchObject({
      status: 403,
      body: { code: 'role-not-allowed' },
    });
  });
});
