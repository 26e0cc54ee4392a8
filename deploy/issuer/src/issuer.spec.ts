import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { askForTokens, refreshTokens, type Wanted } from './asking.js';
import { assertionOf } from './signing-keys.js';
import { people, personFor, platforms, startIssuer, tenants, type Issuer } from './index.js';

const directories: string[] = [];
const directory = (): string => {
  directories.push(mkdtempSync(join(tmpdir(), 'recourse-issuer-')));
  return directories.at(-1)!;
};

const said: string[] = [];
let issuer: Issuer;

beforeAll(async () => {
  for (const way of ['warn', 'error', 'info', 'log'] as const)
    jest.spyOn(console, way).mockImplementation((line) => void said.push(String(line)));
  issuer = await startIssuer({ port: 0, dataDir: directory() });
});

afterAll(async () => {
  await issuer.stop();
  jest.restoreAllMocks();
  for (const one of directories) rmSync(one, { recursive: true });
});

const ask = (wanted: Partial<Wanted>) => askForTokens({ issuer: issuer.issuer, role: 'agent', tenant: 'quanpay', ...wanted });
const claims = async (wanted: Partial<Wanted>) => decodeJwt((await ask(wanted)).access_token);

describe('who can be somebody here', () => {
  it('has two agents with badges, two privacy officers, because one alone can forget nothing, and every other role once, for each platform', () => {
    for (const tenant of tenants) {
      const roles = people.filter((one) => one.tenant === tenant).map(({ role }) => role);
      expect(roles.sort()).toEqual(['agent', 'agent', 'auditor', 'operator', 'privacy-officer', 'privacy-officer', 'supervisor']);
      expect(platforms.map(({ client }) => client)).toContain(`${tenant}-platform`);
    }
    const agents = people.filter(({ role }) => role === 'agent');
    expect(Object.fromEntries(agents.map(({ login, badge }) => [login, badge]))).toEqual({
      'chen-jing': '0417',
      'liu-wei': '0533',
      'grace-osei': '0210',
      'tom-becker': '0388',
      'amara-cole': '0107',
      'ned-frost': '0144',
    });
  });

  it('gives everybody a pseudonym of their own that says nothing of the name', () => {
    expect(new Set(people.map(({ sub }) => sub)).size).toBe(people.length);
    for (const { sub, login } of people) for (const part of login.split('-')) expect(sub).not.toContain(part);
  });
});

describe('a platform that was created later', () => {
  it('has a client, customers and people of every role, and nobody had to write them down', async () => {
    expect(await claims({ tenant: 'lumen', role: 'platform' })).toMatchObject({
      role: 'platform',
      tenant: 'lumen',
      client_id: 'lumen-platform',
    });
    expect(await claims({ tenant: 'lumen', role: 'customer', customer: 'cus-1' })).toMatchObject({
      role: 'customer',
      tenant: 'lumen',
      sub: 'cus-1',
    });
    expect(await claims({ tenant: 'lumen', role: 'agent' })).toMatchObject({ role: 'agent', tenant: 'lumen', badge: '1001' });
    expect(await claims({ tenant: 'lumen', role: 'privacy-officer' })).toMatchObject({ role: 'privacy-officer', tenant: 'lumen' });
  });

  it('has two people of a role where two are needed', async () => {
    const [first, second] = await Promise.all([1, 2].map((n) => claims({ tenant: 'lumen', role: 'operator', as: `lumen/operator/${n}` })));
    expect(first!.sub).not.toBe(second!.sub);
  });

  it('is not one of the first three under other names', async () => {
    expect(personFor('quanpay/agent/2')).toBeUndefined();
    expect(personFor('quanpay/agent')?.login).toBe('chen-jing');
    await expect(ask({ tenant: 'No Such', role: 'platform' })).rejects.toThrow();
  });
});

describe('access tokens', () => {
  it('verify against the published key set as at+jwt for our audience', async () => {
    const { access_token } = await ask({});
    const keys = createRemoteJWKSet(new URL(`${issuer.url}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(access_token, keys, {
      issuer: issuer.issuer,
      audience: 'urn:recourse:api',
      typ: 'at+jwt',
      algorithms: ['ES256'],
    });
    expect(payload.sub).toBe(personFor('chen-jing')?.sub);
    expect(protectedHeader.alg).toBe('ES256');
  });

  it('say of an agent the role, badge, skills and assurance, and never the name', async () => {
    const token = await claims({ as: 'liu-wei' });
    expect(token).toMatchObject({
      role: 'agent',
      tenant: 'quanpay',
      badge: '0533',
      client_id: 'desk',
      scope: 'api',
      acr: 'urn:recourse:loa:1',
    });
    expect(token['skills']).toContain('account-taken-over');
    expect(token['auth_time']).toEqual(expect.any(Number));
    expect(JSON.stringify(token)).not.toMatch(/刘伟|liu-wei/);
  });

  it('say of a platform only what it is', async () => {
    expect(await claims({ role: 'platform', tenant: 'tidepay' })).toMatchObject({
      sub: 'tidepay-platform',
      role: 'platform',
      tenant: 'tidepay',
    });
  });

  it('are given to a platform for one customer of its own', async () => {
    const token = await claims({ role: 'customer', tenant: 'harbour', customer: 'c-20881' });
    expect(token).toMatchObject({ sub: 'c-20881', role: 'customer', tenant: 'harbour', act: { sub: 'harbour-platform' } });
  });

  it('are not given for what is no customer id', async () => {
    await expect(ask({ role: 'customer', customer: 'someone@example.com' })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(ask({ role: 'customer' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('are given to a platform that signs for itself, also for its customers, and for a platform that was created later', async () => {
    const signed = { role: 'platform', tenant: 'tidepay', signed: true } as const;
    expect(await claims(signed)).toMatchObject({ sub: 'tidepay-platform-signing', role: 'platform', tenant: 'tidepay' });
    expect(await claims({ ...signed, tenant: 'lumen' })).toMatchObject({ role: 'platform', tenant: 'lumen' });
    expect(await claims({ ...signed, role: 'customer', customer: 'c-1' })).toMatchObject({
      ...{ sub: 'c-1', role: 'customer', tenant: 'tidepay', act: { sub: 'tidepay-platform-signing' } },
    });
  });

  it('are not given for a signature that was used, that is of another platform, or for another issuer, nor for the secret in its place', async () => {
    const [quanpay, tidepay] = platforms;
    const post = async (client_assertion: string, more: Record<string, string> = {}): Promise<number> => {
      const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_assertion_type, client_assertion, ...more });
      return (await fetch(`${issuer.url}/token`, { method: 'POST', body })).status;
    };
    const once = await assertionOf(quanpay!, issuer.issuer, 'one');
    expect([await post(once), await post(once)]).toEqual([200, 401]);
    const [header, claimed] = (await assertionOf(tidepay!, issuer.issuer, 'two')).split('.');
    expect(await post(`${header}.${claimed}.${once.split('.')[2]}`)).toBe(401);
    expect(await post(await assertionOf({ ...tidepay!, secret: quanpay!.secret }, issuer.issuer, 'three'))).toBe(401);
    expect(await post(await assertionOf(quanpay!, 'https://issuer.example', 'four'))).toBe(401);
    const basic = Buffer.from(`${quanpay!.signingClient}:${quanpay!.secret}`).toString('base64');
    const bySecret = await fetch(`${issuer.url}/token`, {
      ...{ method: 'POST', headers: { authorization: `Basic ${basic}` } },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    expect(bySecret.status).toBe(401);
  });

  it('are not given for a wrong secret, nor for another audience', async () => {
    const post = (secret: string, form: Record<string, string>) =>
      fetch(`${issuer.url}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`quanpay-platform:${secret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
      });
    expect((await post('wrong', {})).status).toBe(401);
    const elsewhere = await post(platforms[0]!.secret, { resource: 'urn:somebody:else' });
    expect([elsewhere.status, ((await elsewhere.json()) as { error: string }).error]).toEqual([400, 'invalid_target']);
  });
});

describe('signing in', () => {
  it('refuses whom it does not know', async () => {
    await expect(ask({ as: 'nobody' })).rejects.toMatchObject({ code: 'access_denied' });
  });

  it('refuses an assurance the person cannot have instead of going round in circles', async () => {
    const raised = { extra: { claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:recourse:loa:2' } } }) } };
    await expect(ask({ ...raised })).rejects.toMatchObject({ code: 'unmet_authentication_requirements' });
    expect(await claims({ ...raised, role: 'supervisor' })).toMatchObject({ acr: 'urn:recourse:loa:2' });
  });

  it('shows everybody by name when nobody was named', async () => {
    const first = await fetch(
      `${issuer.url}/auth?${new URLSearchParams({ client_id: 'desk', response_type: 'code', redirect_uri: 'http://127.0.0.1:1/callback', scope: 'openid', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' })}`,
      { redirect: 'manual' },
    );
    const cookie = first.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const shown = await fetch(new URL(first.headers.get('location')!, issuer.url), { headers: { cookie } });
    expect(shown.status).toBe(200);
    expect(await shown.text()).toContain('陈静');
  });

  it('refreshes once with each refresh token, and a reused one ends the line', async () => {
    const first = await ask({});
    const second = await refreshTokens(issuer.issuer, first.refresh_token!);
    expect(decodeJwt(second.access_token)['auth_time']).toBe(decodeJwt(first.access_token)['auth_time']);
    await expect(refreshTokens(issuer.issuer, first.refresh_token!)).rejects.toMatchObject({ code: 'invalid_grant' });
    await expect(refreshTokens(issuer.issuer, second.refresh_token!)).rejects.toMatchObject({ code: 'invalid_grant' });
  });
});

describe('being restarted', () => {
  it('keeps its keys and its sessions', async () => {
    const dataDir = directory();
    const before = await startIssuer({ port: 0, dataDir, publicUrl: 'http://recourse.test/issuer' });
    const { access_token } = await askForTokens({ issuer: before.url, role: 'platform', tenant: 'quanpay' });
    await before.stop();
    const after = await startIssuer({ port: 0, dataDir, publicUrl: 'http://recourse.test/issuer' });
    const { keys } = (await (await fetch(`${after.url}/jwks`)).json()) as { keys: { kid: string }[] };
    expect(keys.map(({ kid }) => kid)).toContain(decodeProtectedHeader(access_token).kid);
    await after.stop();

    const one = await startIssuer({ port: 0, dataDir });
    const { refresh_token } = await askForTokens({ issuer: one.issuer, role: 'agent', tenant: 'quanpay' });
    await one.stop();
    const two = await startIssuer({ port: 0, dataDir });
    expect(await refreshTokens(two.issuer, refresh_token!)).toHaveProperty('access_token');
    await two.stop();
  });
});

describe('behind the front door', () => {
  let door: Server;
  let behind: Issuer;

  beforeAll(async () => {
    // Takes the prefix off and says so in x-forwarded-host, as the front door does.
    door = createServer((incoming, answer) => {
      const { host, ...headers } = incoming.headers;
      const onward = request(behind.url + incoming.url!.replace(/^\/issuer/, ''), {
        method: incoming.method!,
        headers: { ...headers, 'x-forwarded-host': host!, 'x-forwarded-proto': 'http' },
      });
      onward.on('response', (got) => got.pipe(answer.writeHead(got.statusCode!, got.headers)));
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    behind = await startIssuer({
      port: 0,
      dataDir: directory(),
      publicUrl: `http://127.0.0.1:${(door.address() as AddressInfo).port}/issuer`,
    });
  });

  afterAll(async () => {
    door.closeAllConnections();
    door.close();
    await behind.stop();
  });

  it('shows the public address everywhere in its discovery document', async () => {
    const found = (await (await fetch(`${behind.issuer}/.well-known/openid-configuration`)).json()) as Record<string, unknown>;
    expect(found['issuer']).toBe(behind.issuer);
    for (const [name, value] of Object.entries(found))
      if (/_endpoint$|_uri$/.test(name)) expect(value).toMatch(new RegExp(`^${behind.issuer}/`));
  });

  it('signs people in through the door', async () => {
    const { access_token } = await askForTokens({ issuer: behind.issuer, role: 'auditor', tenant: 'tidepay' });
    expect(decodeJwt(access_token)).toMatchObject({ iss: behind.issuer, role: 'auditor', tenant: 'tidepay' });
  });
});

it('says nothing on the terminal through all of this', () => {
  expect(said).toEqual([]);
});
