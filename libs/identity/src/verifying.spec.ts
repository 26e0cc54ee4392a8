import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { remembering, verifier } from './index.js';
import { testIssuer, type TestIssuer, type TokenOptions } from './testing.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await testIssuer();
});
afterAll(() => issuer.close());

const agent = {
  sub: 'agent-7',
  role: 'agent',
  tenant: 'quanpay',
  client: 'desk',
  badge: '0417',
  skills: ['security'],
  acr: 'urn:recourse:loa:2',
  authTime: 1_700_000_000,
} as const;
const verify = (authorization?: string) => verifier({ issuer: issuer.issuer, jwksUrl: issuer.jwksUrl })(authorization);
const withToken = async (options: TokenOptions = {}) => verify(`Bearer ${await issuer.token(agent, options)}`);

describe('A bearer token', () => {
  it('says who calls', async () => {
    const { caller, expires } = await withToken();
    expect(caller).toEqual(agent);
    expect(expires).toBeGreaterThan(Date.now() + 290_000);
  });

  it('is missing when no header or another scheme is sent', async () => {
    await expect(verify()).rejects.toMatchObject({ code: 'token-missing', status: 401, headers: { 'www-authenticate': 'Bearer' } });
    await expect(verify('Basic YTpi')).rejects.toMatchObject({ code: 'token-missing' });
  });

  it.each(['Bearer', 'Bearer x', 'Bearer a.b', 'Bearer a.b.c', 'Bearer a.b.c d'])('is not good when malformed: %s', (text) =>
    expect(verify(text)).rejects.toMatchObject({ code: 'token-invalid', status: 401 }),
  );

  const wrong: [string, TokenOptions][] = [
    ['meant for another audience', { audience: 'urn:other' }],
    ['of another issuer', { issuer: 'http://elsewhere.example' }],
    ['an id token', { typ: 'JWT' }],
    ['signed by somebody else', { foreignKey: true }],
    ...['sub', 'role', 'tenant', 'client_id', 'exp', 'iat'].map((claim): [string, TokenOptions] => [
      `without ${claim}`,
      { without: [claim] },
    ]),
  ];
  it.each(wrong)('is not good when it is %s', (_name, options) =>
    expect(withToken(options)).rejects.toMatchObject({ code: 'token-invalid', status: 401 }),
  );

  it('is not good with a role nobody knows', async () => {
    const token = await issuer.token({ role: 'root' as never });
    await expect(verify(`Bearer ${token}`)).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it('expires, with five seconds of leeway', async () => {
    await expect(withToken({ expiresIn: -10 })).rejects.toMatchObject({ code: 'token-expired', status: 401 });
    expect((await withToken({ expiresIn: -2 })).caller.sub).toBe('agent-7');
  });

  it('cannot be judged while the issuer is away: that is not the caller’s fault', async () => {
    const gone = createServer();
    const port = await new Promise<number>((resolve) =>
      gone.listen(0, '127.0.0.1', () => resolve((gone.address() as { port: number }).port)),
    );
    await new Promise((resolve) => gone.close(resolve));
    const lost = verifier({ issuer: issuer.issuer, jwksUrl: `http://127.0.0.1:${port}/jwks` });
    await expect(lost(`Bearer ${await issuer.token(agent)}`)).rejects.toMatchObject({
      code: 'issuer-unreachable',
      status: 503,
      headers: { 'retry-after': '5' },
    });
  });

  it('costs one fetch of the keys, however many come at once', async () => {
    const fresh = verifier({ issuer: issuer.issuer, jwksUrl: issuer.jwksUrl });
    const token = await issuer.token(agent);
    const before = issuer.fetched();
    await Promise.all(Array.from({ length: 30 }, () => fresh(`Bearer ${token}`)));
    expect(issuer.fetched() - before).toBe(1);
  });
});

describe('A remembered token', () => {
  const counting = () => {
    let asked = 0;
    const verified = async (authorization?: string) => {
      asked++;
      if (authorization === 'Bearer bad') throw new Error('bad');
      return { caller: { ...agent }, expires: 100_000 };
    };
    return { verified, asked: () => asked };
  };

  it('is checked once a minute at most', async () => {
    const { verified, asked } = counting();
    let now = 0;
    const remember = remembering(verified, { clock: () => now });
    await remember('Bearer a');
    now = 59_999;
    await remember('Bearer a');
    expect(asked()).toBe(1);
    now = 60_000;
    await remember('Bearer a');
    expect(asked()).toBe(2);
  });

  it('is not believed longer than it is good', async () => {
    const { verified, asked } = counting();
    let now = 99_999;
    const remember = remembering(verified, { clock: () => now });
    await remember('Bearer a');
    now = 100_000;
    await remember('Bearer a');
    expect(asked()).toBe(2);
  });

  it('is forgotten when there are too many, the oldest first, and a bad one never kept', async () => {
    const { verified, asked } = counting();
    const remember = remembering(verified, { limit: 2, clock: () => 0 });
    for (const name of ['a', 'b', 'c', 'b', 'c']) await remember(`Bearer ${name}`);
    expect(asked()).toBe(3);
    await remember('Bearer a');
    expect(asked()).toBe(4);
    await expect(remember('Bearer bad')).rejects.toThrow();
    await expect(remember('Bearer bad')).rejects.toThrow();
    expect(asked()).toBe(6);
  });
});
