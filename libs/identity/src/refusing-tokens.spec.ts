import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPublicKey, createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, generateKeyPair, exportJWK } from 'jose';
import { API_AUDIENCE, verifier } from './index.js';
import { testIssuer, type TestIssuer } from './testing.js';

let issuer: TestIssuer;
let elsewhere: Server;
let visits = 0;
beforeAll(async () => {
  issuer = await testIssuer();
  elsewhere = createServer((_request, response) => {
    visits++;
    response.end(JSON.stringify({ keys: [] }));
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await issuer.close();
  elsewhere.close();
});

const now = (): number => Math.floor(Date.now() / 1000);
const encoded = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const header = (more: object = {}) => ({ alg: 'ES256', typ: 'at+jwt', kid: 'own', ...more });
const claims = (more: object = {}) => ({
  ...{ iss: issuer.issuer, aud: API_AUDIENCE, sub: 'agent-7', role: 'agent', tenant: 'quanpay', client_id: 'desk' },
  ...{ iat: now(), exp: now() + 300 },
  ...more,
});
const away = (): string => `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/keys`;
const agent = { sub: 'agent-7', role: 'agent', tenant: 'quanpay' } as const;
const token = (options: Parameters<TestIssuer['token']>[1] = {}) => issuer.token(agent, options);

/** Signed as HMAC with what everybody can fetch: the public key, in the forms in which libraries hold it. */
const hmacWith = (secret: Buffer | string): string => {
  const text = `${encoded(header({ alg: 'HS256' }))}.${encoded(claims())}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
};
const publicPem = () => createPublicKey({ key: issuer.jwk() as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' });

/** A token signed by a key of the attacker's that says of itself where that key is. */
const bringingAKey = async (more: (jwk: object) => object): Promise<string> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return new SignJWT(claims()).setProtectedHeader({ ...header(), ...more(jwk) } as never).sign(privateKey);
};

/** The real signature of the issuer over another text. */
const forged = async (change: (header: string, claims: string, signature: string) => string): Promise<string> => {
  const [one = '', two = '', three = ''] = (await token()).split('.');
  return change(one, two, three);
};

const hostile: readonly (readonly [string, () => string | Promise<string>])[] = [
  ['alg none, no signature', () => `${encoded(header({ alg: 'none' }))}.${encoded(claims())}.`],
  ['alg none, some signature', () => `${encoded(header({ alg: 'none' }))}.${encoded(claims())}.AAAA`],
  ['alg None in another spelling', () => `${encoded(header({ alg: 'nOnE' }))}.${encoded(claims())}.AAAA`],
  ['HS256 with the public key as PEM', () => hmacWith(publicPem())],
  ['HS256 with the public key as JWK', () => hmacWith(JSON.stringify(issuer.jwk()))],
  ['an algorithm that is not allowed', () => forged((_, body, end) => `${encoded(header({ alg: 'RS256' }))}.${body}.${end}`)],
  ['an id token', () => token({ typ: 'JWT' })],
  ['no kind at all', () => token({ header: { typ: undefined } })],
  ['good from tomorrow on', () => token({ claims: { nbf: now() + 3600 } })],
  ['without an end', () => token({ without: ['exp'] })],
  ['with an end that is a text', () => token({ claims: { exp: 'never' } })],
  ['without a subject', () => token({ without: ['sub'] })],
  ['with an empty subject', () => token({ claims: { sub: '' } })],
  ['with a subject that is a list', () => token({ claims: { sub: ['agent-7'] } })],
  ['with two roles', () => token({ claims: { role: ['agent', 'supervisor'] } })],
  ['for another audience', () => token({ audience: 'urn:other' })],
  ['for several audiences without us', () => token({ claims: { aud: ['urn:other', 'urn:recourse:api:admin'] } })],
  ['for no audience', () => token({ without: ['aud'] })],
  ['of an issuer with a slash at its end', () => token({ issuer: `${issuer.issuer}/` })],
  ['of an issuer in capitals', () => token({ issuer: issuer.issuer.toUpperCase() })],
  ['of a list of issuers', () => token({ claims: { iss: [issuer.issuer] } })],
  ['of nobody', () => token({ without: ['iss'] })],
  ['with a critical extension', () => bringingCritical()],
  ['with a role said twice', () => forged((one, two, end) => `${one}.${encoded(twice(two))}.${end}`)],
  [
    'with a header that names its algorithm twice',
    () => forged((_, two, end) => `${encoded('{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"own"}')}.${two}.${end}`),
  ],
  ['far too long', () => token({ claims: { padding: 'x'.repeat(9_000) } })],
  ['with a key id that is a path', () => token({ header: { kid: '../../../../dev/null' } })],
  ['with a key id that is a question to a database', () => token({ header: { kid: "own' or '1'='1" } })],
  ['with a key id that is no text', () => forged((_, two, end) => `${encoded(header({ kid: { own: 1 } }))}.${two}.${end}`)],
  ['with a key id without end', () => forged((_, two, end) => `${encoded(header({ kid: 'k'.repeat(300) }))}.${two}.${end}`)],
  ['bringing its own key', () => bringingAKey((jwk) => ({ jwk }))],
  ['pointing to its own keys', () => bringingAKey(() => ({ jku: away() }))],
  ['pointing to its own certificate', () => bringingAKey(() => ({ x5u: away() }))],
  ['bringing its own certificate', () => bringingAKey(() => ({ x5c: ['AAAA'] }))],
  ['with a payload that is not JSON', () => forged((one, _, end) => `${one}.${encoded('agent')}.${end}`)],
  ['with a payload that is a list', () => forged((one, _, end) => `${one}.${encoded([])}.${end}`)],
  ['with another payload under a real signature', () => forged((one, _, end) => `${one}.${encoded(claims({ role: 'operator' }))}.${end}`)],
  ['with half a signature', () => forged((one, two, end) => `${one}.${two}.${end.slice(0, 40)}`)],
  ['with a signature of zeros', () => forged((one, two) => `${one}.${two}.${Buffer.alloc(64).toString('base64url')}`)],
  ['in five parts, as an encrypted one', async () => `${await token()}.AAAA.AAAA`],
];

const bringingCritical = () =>
  generateKeyPair('ES256').then(({ privateKey }) =>
    new SignJWT(claims())
      .setProtectedHeader(header({ crit: ['urn:x'], 'urn:x': 1 }) as never)
      .sign(privateKey, { crit: { 'urn:x': true } }),
  );
const twice = (claimsPart: string): string => Buffer.from(claimsPart, 'base64url').toString().replace('{', '{"role":"operator",');

describe('A token that is not what it says', () => {
  it.each(hostile)('is refused: %s', async (_name, make) => {
    const verify = verifier({ issuer: issuer.issuer, jwksUrl: issuer.jwksUrl });
    await expect(verify(`Bearer ${await make()}`)).rejects.toMatchObject({ code: 'token-invalid', status: 401 });
  });

  it('makes us ask nobody but the issuer', async () => {
    expect(visits).toBe(0);
    const verify = verifier({ issuer: issuer.issuer, jwksUrl: issuer.jwksUrl });
    const before = issuer.fetched();
    await expect(verify(`Bearer ${await token({ issuer: 'https://elsewhere.example' })}`)).rejects.toMatchObject({ code: 'token-invalid' });
    expect(issuer.fetched()).toBe(before);
  });

  it('is told from one that is: the same claims, said once, by the right key, for several audiences with us', async () => {
    const verify = verifier({ issuer: issuer.issuer, jwksUrl: issuer.jwksUrl });
    const good = await token({ claims: { aud: ['urn:other', API_AUDIENCE] }, header: { jku: away() } });
    expect((await verify(`Bearer ${good}`)).caller).toMatchObject({ sub: 'agent-7', role: 'agent' });
    expect(visits).toBe(0);
  });
});
