import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { onlyIssuer, remembering, roles, trustedIssuers, verifierOf, type TrustedIssuer } from './index.js';
import { testIssuer, type TestIssuer } from './testing.js';

const issuers: TestIssuer[] = [];
const another = async (options?: Parameters<typeof testIssuer>[0]): Promise<TestIssuer> => {
  const made = await testIssuer(options);
  issuers.push(made);
  return made;
};
afterAll(() => Promise.all(issuers.map((one) => one.close())));

const good = { issuer: 'https://a.example', tenants: '*', roles: ['agent'] };
const wrong: readonly (readonly [string, unknown, RegExp])[] = [
  ['no list', good, /must be a JSON array/],
  ['an empty list', [], /at least one/],
  ['no object', ['https://a.example'], /Issuer 1 is not an object/],
  ['no issuer', [{ ...good, issuer: 'a.example' }], /Issuer 1 names no issuer/],
  ['an issuer without TLS', [{ ...good, issuer: 'http://a.example' }], /expected an https address/],
  ['an address with a password', [{ ...good, issuer: 'https://u:p@a.example' }], /expected an https address/],
  ['two ways to the keys', [{ ...good, jwksUrl: 'https://a.example/k', discovery: 'https://a.example/d' }], /both discovery and jwksUrl/],
  ['keys without TLS', [{ ...good, jwksUrl: 'http://a.example/k' }], /jwksUrl that cannot be used/],
  ['no tenants', [good, { ...good, issuer: 'https://b.example', tenants: [] }], /Issuer 2 does not say for which tenants/],
  ['an unknown role', [{ ...good, roles: ['root'] }], /for which roles .* privacy-officer/],
  ['an algorithm of secrets', [{ ...good, algorithms: ['HS256'] }], /algorithm that is not taken/],
  ['no algorithm', [{ ...good, algorithms: ['none'] }], /algorithm that is not taken/],
  ['a member nobody knows', [{ ...good, alg: 'ES256' }], /means nothing here: alg/],
  ['one issuer twice', [good, good], /https:\/\/a\.example is listed twice/],
];

describe('The list of issuers', () => {
  it('says of each for whom it speaks; the rest has defaults', () => {
    expect(trustedIssuers(JSON.stringify([good]))).toEqual([
      { ...good, algorithms: ['ES256'], audience: 'urn:recourse:api', typ: 'at+jwt' },
    ]);
    const full = { ...good, discovery: 'https://a.example/d', tenants: ['quanpay'], algorithms: ['PS256'], audience: 'urn:x', typ: 'JWT' };
    expect(trustedIssuers(JSON.stringify([full]))).toEqual([full]);
  });
  it.each(wrong)('is refused in a sentence: %s', (_name, value, sentence) => {
    expect(() => trustedIssuers(JSON.stringify(value))).toThrow(sentence);
  });
  it('is refused when it is not JSON', () => expect(() => trustedIssuers('issuer: a')).toThrow('The list of issuers is not JSON.'));
});

describe('Several issuers', () => {
  let [staff, platform]: TestIssuer[] = [];
  let trusted: readonly TrustedIssuer[];
  beforeAll(async () => {
    [staff, platform] = [await another(), await another({ alg: 'EdDSA' })];
    trusted = trustedIssuers(
      JSON.stringify([
        { issuer: staff.issuer, jwksUrl: staff.jwksUrl, tenants: '*', roles: ['agent', 'supervisor'] },
        { issuer: platform.issuer, tenants: ['quanpay'], roles: ['platform', 'customer'], algorithms: ['EdDSA'] },
      ]),
    );
  });
  const told = async (issuer: TestIssuer, caller: Parameters<TestIssuer['token']>[0], options?: Parameters<TestIssuer['token']>[1]) =>
    (await verifierOf(trusted)(`Bearer ${await issuer.token(caller, options)}`)).caller;

  it('are believed each for its own tenants and roles, the keys found by discovery where none are named', async () => {
    expect(await told(staff!, { role: 'agent', tenant: 'harbour' })).toMatchObject({ role: 'agent', tenant: 'harbour' });
    expect(await told(platform!, { role: 'platform', tenant: 'quanpay' })).toMatchObject({ role: 'platform', tenant: 'quanpay' });
  });
  it.each([
    ['a platform that names staff', () => told(platform!, { role: 'supervisor', tenant: 'quanpay' })],
    ['a platform that names another', () => told(platform!, { role: 'platform', tenant: 'tidepay' })],
    ['staff that name a platform', () => told(staff!, { role: 'platform', tenant: 'quanpay' })],
    ['one that says it is the other', () => told(platform!, { role: 'agent', tenant: 'quanpay' }, { issuer: staff!.issuer })],
    ['one with an algorithm of the other', () => told(staff!, { role: 'agent' }, { issuer: platform!.issuer })],
  ])('are not believed beyond that: %s', (_name, ask) => expect(ask()).rejects.toMatchObject({ code: 'token-invalid', status: 401 }));

  it('are not believed when their OpenID configuration is of somebody else', async () => {
    const liar = await another({ named: 'https://bank.example' });
    const verify = verifierOf([onlyIssuer({ issuer: liar.issuer })]);
    await expect(verify(`Bearer ${await liar.token({ role: 'agent' })}`)).rejects.toMatchObject({
      code: 'issuer-unreachable',
      status: 503,
    });
  });
  it('may sign with every algorithm that is allowed for them', async () => {
    for (const alg of ['ES256', 'ES384', 'EdDSA', 'PS256', 'RS256'] as const) {
      const issuer = await another({ alg });
      const verify = verifierOf([{ ...onlyIssuer(issuer), algorithms: [alg] }]);
      expect((await verify(`Bearer ${await issuer.token({ role: 'agent' })}`)).caller.role).toBe('agent');
      const others = verifierOf([{ ...onlyIssuer(issuer), algorithms: alg === 'ES256' ? ['ES384'] : ['ES256'] }]);
      await expect(others(`Bearer ${await issuer.token({ role: 'agent' })}`)).rejects.toMatchObject({ code: 'token-invalid' });
    }
    expect(roles).toContain('agent');
  });
});

describe('Keys of an issuer', () => {
  const good = async (verify: ReturnType<typeof verifierOf>, token: string): Promise<boolean> =>
    verify(`Bearer ${token}`).then(
      () => true,
      () => false,
    );
  const becomes = async (truth: boolean, ask: () => Promise<boolean>): Promise<void> => {
    while ((await ask()) !== truth) await pause(10);
  };

  it.each(['named', 'discovered'])('that are new are known without a restart (%s)', async (how) => {
    const issuer = await another();
    const verify = verifierOf([onlyIssuer(how === 'named' ? issuer : { issuer: issuer.issuer })], { cooldownMs: 50 });
    expect(await good(verify, await issuer.token({}))).toBe(true);
    await issuer.rotate('kept');
    const newer = await issuer.token({});
    await becomes(true, () => good(verify, newer));
  });

  it('that are withdrawn are believed no longer, nor a token that was remembered', async () => {
    const issuer = await another();
    const verify = remembering(verifierOf([onlyIssuer(issuer)], { cooldownMs: 20, maxAgeMs: 100 }), { forMs: 100 });
    const old = await issuer.token({});
    expect(await good(verify, old)).toBe(true);
    await issuer.rotate('withdrawn');
    await becomes(false, () => good(verify, old));
    expect(await good(verify, await issuer.token({}))).toBe(true);
  });

  it('are not asked for by whoever invents key ids: at most once in a cooldown', async () => {
    const issuer = await another();
    const verify = verifierOf([onlyIssuer(issuer)]);
    expect(await good(verify, await issuer.token({}))).toBe(true);
    const before = issuer.fetched();
    for (let n = 0; n < 20; n++) expect(await good(verify, await issuer.token({}, { header: { kid: `k${n}` } }))).toBe(false);
    expect(issuer.fetched() - before).toBeLessThanOrEqual(1);
  });
});
