import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Answer, Json } from './front.js';
import { newRun } from './seeding.js';
import { everybody } from './signing-in.js';

const url = process.env['RECOURSE_STAGE_URL']!;
const who = everybody(url);
const tenant = 'tidepay';
const platform = who.platform(tenant);
const agent = who.staff('grace-osei');
const colleague = who.staff('tom-becker');
const run = newRun();
const subject = `customer-${run}`;
const customer = who.customer(tenant, subject);
const account = `wallet-${run}`;
const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();

const draft = (change: object = {}): object => ({
  channel: 'app',
  account,
  category: 'payment-failed',
  narrative: { text: 'It said failed, but the money is gone.' },
  details: { account, occurredAt: { at: anHourAgo }, amount: { currency: 'USD', value: 1_000 } },
  ...change,
});
const details = (change: object): object => draft({ details: { account, ...change } });

/** A problem document as RFC 9457 wants it, with a stable code, a pointer where a field is meant, and nothing of the inside. */
const isProblem = ({ status, headers, body }: Answer, expected: number, code: string, pointer?: string): void => {
  expect({ status, code: body.code, errors: body.errors }).toMatchObject({ status: expected });
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ status: expected, title: expect.any(String), type: expect.stringMatching(/^https?:/) });
  const codes = [body.code, ...(body.errors ?? []).map((error: Json) => error.code)];
  expect(codes).toContain(code);
  if (pointer !== undefined) expect((body.errors ?? []).map((error: Json) => error.pointer)).toContain(pointer);
  expect(JSON.stringify(body)).not.toMatch(/\bat .*\.js:\d|node_modules|select |insert /i);
};
const drafts = async (): Promise<number> => (await customer.see('/v1/complaints?limit=200')).items.length;

describe('Bad input to a draft answers a problem document and changes nothing', () => {
  const wrong: readonly (readonly [string, object, number, string, string | undefined])[] = [
    ['an unknown field', draft({ colour: 'red' }), 400, 'unknown-field', '/colour'],
    ['a wrong type', draft({ account: 17 }), 400, 'request-invalid', '/account'],
    ['a missing field', { narrative: { text: 'x' } }, 400, 'field-missing', '/channel'],
    [
      'an amount with decimals',
      details({ amount: { currency: 'USD', value: 10.5 } }),
      400,
      'amount-not-in-minor-units',
      '/details/amount/value',
    ],
    ['a negative amount', details({ amount: { currency: 'USD', value: -1 } }), 400, 'amount-not-positive', '/details/amount/value'],
    [
      'an amount as text',
      details({ amount: { currency: 'USD', value: '10.00' } }),
      400,
      'amount-not-in-minor-units',
      '/details/amount/value',
    ],
    ['an unknown currency', details({ amount: { currency: 'XXQ', value: 1 } }), 400, 'currency-unknown', '/details/amount/currency'],
    [
      'a date in the future',
      details({ occurredAt: { at: '2099-01-01T00:00:00.000Z' } }),
      422,
      'occurred-in-the-future',
      '/details/occurredAt/at',
    ],
    ['an account id that is a telephone number', draft({ account: '+4915112345678' }), 400, 'id-looks-personal', '/account'],
    ['an account id that is a card number', draft({ account: '4111111111111111' }), 400, 'id-looks-personal', '/account'],
    ['a lone surrogate', draft({ narrative: { text: 'a\ud800b' } }), 400, 'text-not-storable', '/narrative/text'],
    ['a NUL', draft({ narrative: { text: 'a\u0000b' } }), 400, 'text-not-storable', '/narrative/text'],
  ];
  it.each(wrong)('%s', async (_what, body, status, code, pointer) => {
    const before = await drafts();
    isProblem(await customer.ask('POST', '/v1/complaints', body), status, code, pointer);
    expect(await drafts()).toBe(before);
  });

  it('a body that is too large', async () => {
    isProblem(await customer.ask('POST', '/v1/complaints', draft({ narrative: { text: 'x'.repeat(300_000) } })), 413, 'body-too-large');
  });
  it('a body that is too deep', async () => {
    const deep = `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`;
    isProblem(
      await customer.ask('POST', '/v1/complaints', deep, { headers: { 'content-type': 'application/json' } }),
      400,
      'body-too-deep',
    );
  });
  it('broken JSON', async () => {
    isProblem(
      await customer.ask('POST', '/v1/complaints', '{"channel": ', { headers: { 'content-type': 'application/json' } }),
      400,
      'body-not-json',
    );
  });
  it('bytes that are not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"channel":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    isProblem(
      await customer.ask('POST', '/v1/complaints', new Uint8Array(body), { headers: { 'content-type': 'application/json' } }),
      400,
      'body-not-utf8',
    );
  });
  it('another media type', async () => {
    isProblem(
      await customer.ask('POST', '/v1/complaints', 'channel=app', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      415,
      'media-type-not-supported',
    );
  });
  it('an Idempotency-Key that is missing', async () => {
    const answer = await fetch(`${url}/v1/complaints`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await customer.token!()}` },
      body: JSON.stringify(draft()),
    });
    isProblem({ status: answer.status, headers: answer.headers, body: await answer.json() }, 400, 'idempotency-key-missing');
  });
  it('an Idempotency-Key that was used for something else', async () => {
    const key = randomUUID();
    const first = await customer.posted('/v1/complaints', draft(), { key });
    const again = await customer.posted('/v1/complaints', draft(), { key });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    isProblem(await customer.ask('POST', '/v1/complaints', draft({ language: 'zh-CN' }), { key }), 422, 'idempotency-key-reused');
  });
});

describe('Who may not', () => {
  it('nobody without a token', async () => isProblem(await who.anyone.ask('POST', '/v1/complaints', draft()), 401, 'token-missing'));
  it('nobody with a token somebody made up', async () => {
    const [head, , signature] = (await customer.token!()).split('.');
    const forged = `${head}.${Buffer.from(JSON.stringify({ sub: 'x', role: 'supervisor', tenant, exp: 4_000_000_000 })).toString('base64url')}.${signature}`;
    isProblem(
      await who.anyone.ask('POST', '/v1/complaints', draft(), { headers: { authorization: `Bearer ${forged}` } }),
      401,
      'token-invalid',
    );
  });
  it('no role the route does not name', async () =>
    isProblem(
      await customer.ask('POST', `/v1/accounts/${account}/contact`, { kind: 'email', address: 'a@b.example', language: 'en' }),
      403,
      'role-not-allowed',
    ));
  it('no other tenant: its ids do not exist here', async () => {
    const { matter } = await customer.post('/v1/complaints', draft());
    isProblem(await who.staff('chen-jing').ask('GET', `/v1/complaints/${matter}`), 404, 'not-found');
    isProblem(await who.staff('chen-jing').ask('POST', `/v1/complaints/${matter}/submission`, {}), 404, 'not-found');
    isProblem(await who.customer(tenant, `other-${run}`).ask('GET', `/v1/complaints/${matter}`), 404, 'not-found');
  });
  it('nothing that is not there', async () => {
    isProblem(await agent.ask('GET', `/v1/cases/${randomUUID().replace(/^(.{14})./, '$17')}`), 404, 'not-found');
    isProblem(await who.anyone.ask('GET', '/v1/nothing'), 404, 'not-found');
    isProblem(await agent.ask('DELETE', '/v1/complaints'), 405, 'method-not-allowed');
  });
  it('a malformed request line or url gets an answer, not a stack trace', async () => {
    isProblem(await who.anyone.ask('GET', '/v1/complaints/%E0%A4%A'), 400, 'url-malformed');
    const { hostname, port } = new URL(url);
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write('NONSENSE\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(said).toMatch(/^HTTP\/1\.1 400/);
    expect(said).toMatch(/"code":"request-malformed"/);
  });
});

describe('Bad input to a case', () => {
  let matter: string;
  let noun: string;
  const etag = async (): Promise<string> => (await agent.ask('GET', noun)).headers.get('etag')!;
  const version = async (): Promise<string> => (await agent.ask('GET', noun)).headers.get('etag')!;
  const refusedAndUnchanged = async (ask: () => Promise<Answer>, status: number, code: string, pointer?: string): Promise<void> => {
    const before = await version();
    isProblem(await ask(), status, code, pointer);
    expect(await version()).toBe(before);
  };

  beforeAll(async () => {
    ({ matter } = await customer.post('/v1/complaints', { ...draft({ submit: true }) }));
    noun = `/v1/cases/${matter}`;
    await agent.see(`${noun}?wait=5`);
    await agent.judge(noun, `${noun}/assignment`, {});
  });

  it('is not assessed while the merchant of a failed payment is missing', () =>
    refusedAndUnchanged(
      async () => agent.ask('POST', `${noun}/assessment`, { severity: 'minor', category: 'payment-failed' }, { ifMatch: await etag() }),
      422,
      'details-missing',
      '/details/merchant',
    ));
  it('nor while that of a refund is', () =>
    refusedAndUnchanged(
      async () => agent.ask('POST', `${noun}/assessment`, { severity: 'minor', category: 'refund' }, { ifMatch: await etag() }),
      422,
      'details-missing',
      '/details/merchant',
    ));
  it('records no contact without a badge number', () =>
    refusedAndUnchanged(
      () => agent.ask('POST', `${noun}/contacts`, { channel: 'telephone', direction: 'inbound', agentName: 'Grace', text: 'Called.' }),
      422,
      'badge-number-missing',
      '/badge',
    ));
  it('is not judged without If-Match', () =>
    refusedAndUnchanged(() => agent.ask('POST', `${noun}/assessment`, { severity: 'minor', category: 'other' }), 428, 'if-match-missing'));
  it('is not judged on a stale version', async () => {
    const stale = await etag();
    await agent.post(`/v1/complaints/${matter}/details`, { details: { merchant: `merchant-${run}`, transaction: `payment-${run}` } });
    for (let tries = 0; tries < 100 && (await agent.see(noun)).merchant === undefined; tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    await agent.judge(noun, `${noun}/assessment`, { severity: 'minor', category: 'payment-failed' });
    const answer = await agent.ask('POST', `${noun}/measures`, { kind: 'train-staff' }, { ifMatch: stale });
    isProblem(answer, 412, 'version-is-stale');
    expect(answer.headers.get('etag')).toBe(await etag());
  });
  it('gives back no more than was paid', async () => {
    const transaction = `payment-${run}`;
    await agent.post('/v1/payments', { transaction, matter, claimed: { currency: 'USD', value: 1_000 } });
    await platform.post(`/v1/payments/${transaction}/confirmation`, { paid: { currency: 'USD', value: 1_000 }, occurredAt: anHourAgo });
    isProblem(
      await agent.ask('POST', '/v1/refunds', {
        payment: transaction,
        matter,
        amount: { currency: 'USD', value: 1_001 },
        reason: 'other',
        path: 'platform',
      }),
      409,
      'refund-exceeds-payment',
      '/amount',
    );
  });
  it('does not close with an open measure', async () => {
    await agent.judge(noun, `${noun}/cause`, { cause: 'network', solution: 'explanation-given' });
    await agent.judge(noun, `${noun}/measures`, { kind: 'train-staff' });
    await refusedAndUnchanged(
      async () => agent.ask('POST', `${noun}/closure`, { how: 'answered' }, { ifMatch: await etag() }),
      409,
      'measure-still-open',
    );
  });
  it('speaks the caller’s language', async () => {
    const { body } = await agent.ask(
      'POST',
      `${noun}/contacts`,
      { channel: 'telephone', direction: 'inbound', agentName: 'x', text: 'y' },
      { language: 'zh-CN' },
    );
    expect(JSON.stringify(body)).toMatch(/工号/);
  });
});

describe('Bad input to a wallet', () => {
  it('is not given back by whoever collected the proof', async () => {
    const locked = `locked-${run}`;
    await platform.post(`/v1/accounts/${locked}/contact`, { kind: 'email', address: `${run}@mail.example`, language: 'en', subject });
    await agent.post(`/v1/accounts/${locked}/locks`, { scope: 'all' });
    const { request } = await colleague.post('/v1/unlock-requests', { account: locked });
    const noun = `/v1/unlock-requests/${request}`;
    await agent.post(`${noun}/proofs`, { kind: 'video-identification', result: 'accepted' });
    const seen = (await agent.ask('GET', noun)).headers.get('etag')!;
    isProblem(await agent.ask('POST', `${noun}/decision`, { outcome: 'approved' }, { ifMatch: seen }), 409, 'decider-collected-the-proof');
    expect((await agent.see(noun)).decision).toBeUndefined();
  });
  it('is no telephone number', async () =>
    isProblem(await platform.ask('GET', '/v1/accounts/13800138000/permissions?operation=pay'), 400, 'id-looks-personal'));
});

describe('Bad evidence', () => {
  it('whose bytes are not what it says is refused and not kept', async () => {
    const { matter } = await customer.post('/v1/complaints', draft());
    const form = new FormData();
    form.append('kind', 'screenshot');
    form.append('file', new Blob(['%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n'], { type: 'image/png' }), 'screen.png');
    isProblem(await customer.ask('POST', `/v1/complaints/${matter}/evidence`, form), 422, 'evidence-type-does-not-match');
    expect((await customer.see(`/v1/complaints/${matter}`)).evidence ?? []).toEqual([]);
  });
});
