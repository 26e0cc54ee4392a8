import { services } from '@recourse/embedded';
import { startRecourse, type Recourse } from '@recourse/embedded/starting';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { accountTakenOver } from './account-taken-over.js';
import { claimsOf, Forge, type Claims } from './forging.js';
import type { Json } from './front.js';
import { forgetSome, furnish, type WebhookReceiver } from './furnishing.js';
import { tenants } from './gathering.js';
import { paymentFailed } from './payment-failed.js';
import { Inside } from './peeking.js';
import { operationsOf, Traces, type Address, type Operation } from './retracing.js';
import { newRun } from './seeding.js';
import { settled } from './settling.js';
import { everybody, type Everybody } from './signing-in.js';
import { visitTheRest } from './visiting.js';
import { isOfThePlatform, isPlainName, named, neverBorn, parametersOf, Walk, wrongOf } from './walking.js';

const home = fs.mkdtempSync(path.join(tmpdir(), 'recourse-policies-'));
const roles = ['platform', 'customer', 'agent', 'supervisor', 'auditor', 'operator', 'privacy-officer'] as const;
type Guarded = Operation & { readonly roles: readonly string[] };

let recourse: Recourse;
let who: Everybody;
let inside: Inside;
let forge: Forge;
let walk: Walk;
let guarded: readonly Guarded[];
let addressOf: (operation: Operation) => Address;
let receivers: readonly WebhookReceiver[] = [];
let before: string;
const skills: string[] = [];

/** Which service answers for an operation. They are asked themselves: the front door looks at nothing that is asked here. */
const ports = new Map<string, string>();
const portOf = (service: (typeof services)[number]): string => `http://127.0.0.1:${recourse.ports[service]}`;
const documentAt = async (url: string): Promise<Json> => (await fetch(`${url}/openapi.json`)).json();

const now = (): number => Math.floor(Date.now() / 1000);

/** What a token of the issuer would say of somebody of this role who has just signed in, but for what is wrong with it. */
const claims = (role: string, tenant: string, wrong: Claims = {}): Claims => {
  const machine = role === 'platform' || role === 'customer';
  return {
    ...{ iss: `${recourse.url}/issuer`, aud: 'urn:recourse:api', sub: `w-${role}`, client_id: machine ? `${tenant}-platform` : 'desk' },
    ...{ role, tenant, scope: 'api', iat: began, exp: began + 3_600 },
    ...(!machine && { badge: '0999', acr: 'urn:recourse:loa:2', auth_time: began, skills }),
    ...wrong,
  };
};
const began = now();
const made = new Map<string, string>();
const bearer = (...told: Parameters<Forge['token']>): string => {
  const key = JSON.stringify(told);
  if (!made.has(key)) made.set(key, `Bearer ${forge.token(...told)}`);
  return made.get(key)!;
};

/** How far every log has come. */
const heads = async (): Promise<Readonly<Record<string, string>>> => {
  const asked = services.map(async (service) => [
    service,
    (await inside.ask<{ head: string }>(service, 'select coalesce(max(position), -1) as head from log.event'))[0]!.head,
  ]);
  return Object.fromEntries(await Promise.all(asked)) as Readonly<Record<string, string>>;
};

/** A house with something of everything in it, and the addresses of all of that. */
beforeAll(async () => {
  recourse = await startRecourse({ home, environment: { RECOURSE_PUBLIC_RATE: '1000000', RECOURSE_LOG_LEVEL: 'warn' } });
  who = everybody(recourse.url);
  inside = new Inside(recourse.adminUrl);
  forge = new Forge(home);
  const document = await who.anyone.see('/openapi.json');
  const operations = operationsOf(document);
  const ofServices = await Promise.all(services.map((service) => documentAt(portOf(service))));
  services.forEach((service, at) => operationsOf(ofServices[at]!).forEach((one) => ports.set(named(one), portOf(service))));
  guarded = operations.filter((one): one is Guarded => one.roles !== 'anyone');
  walk = new Walk((operation) => ports.get(named(operation)) ?? recourse.url, document);
  skills.push(...(claimsOf(await who.staff('quanpay/agent').token!())['skills'] as string[]));

  const traces = new Traces();
  traces.watch();
  const stage = { who, url: recourse.url, step: () => undefined };
  const [{ matter }, , furnished, destruction] = await Promise.all([
    accountTakenOver({ ...stage, run: newRun() }),
    paymentFailed({ ...stage, run: newRun() }),
    furnish(who, newRun(), ['tidepay']),
    forgetSome(who, newRun()),
  ]);
  receivers = furnished;
  await visitTheRest(who, { matter, destruction });
  traces.stop();
  const find = traces.addresses(operations, neverBorn);
  const places = new Map(operations.map((operation) => [operation, find(operation)]));
  addressOf = (operation) => places.get(operation)!;
  await noteConflict();
  for (const tenant of tenants)
    for (const { endpoint, state } of (await who.platform(tenant).see('/v1/webhook-endpoints')).items)
      if (state === 'enabled') await who.platform(tenant).post(`/v1/webhook-endpoints/${endpoint}/disablement`);
  await settled(inside, { seconds: 120 });
  before = JSON.stringify(await heads());
}, 300_000);

/** A case that is still worked on; one agent should keep away from it. */
let open: { readonly noun: string; readonly tenant: string; readonly etag: string };
const conflicted = { sub: 'w-conflicted' };
const noteConflict = async (): Promise<void> => {
  const supervisor = who.staff('tidepay/supervisor');
  const [{ id }] = (await supervisor.see('/v1/cases?stage=opened')).items;
  const noun = `/v1/cases/${id}`;
  await supervisor.post(`${noun}/conflicts`, { agent: conflicted.sub, conflict: 'decided-before' });
  open = { noun, tenant: 'tidepay', etag: (await supervisor.ask('GET', noun)).headers.get('etag')! };
};
const inOpenCase = (operation: Operation): { readonly path: string; readonly tenant: string } => ({
  path: open.noun + addressOf(operation).path.slice(open.noun.length),
  tenant: open.tenant,
});

afterAll(async () => {
  await inside?.close();
  await Promise.all(receivers.map((receiver) => receiver.close()));
  await recourse?.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

/** Asks each of them and expects this refusal. */
type Try = {
  readonly operation: Operation;
  readonly authorization: string | undefined;
  readonly address?: string;
  readonly ifMatch?: string;
  readonly query?: string;
  readonly at?: string;
};
const refused = (all: readonly Try[], status: number, code: string): Promise<readonly string[]> =>
  wrongOf(all, async ({ operation, authorization, ...more }) => {
    const { path: usual, ...rest } = addressOf(operation);
    const told = await walk.ask(operation, { ...rest, path: more.address ?? usual }, authorization, more);
    return told.status === status && told.code === code ? undefined : `${named(operation)}: ${told.status} ${told.code}`;
  });

describe('Every operation is refused', () => {
  const changed = (token: string): string => {
    const [header, , signature] = token.split('.');
    return `${header}.${Buffer.from(JSON.stringify({ ...claimsOf(token), sub: 'w-somebody' })).toString('base64url')}.${signature}`;
  };
  const strangers: readonly (readonly [string, string, (good: Claims) => string | undefined])[] = [
    ['nothing', 'token-missing', () => undefined],
    ['a password', 'token-missing', () => `Basic ${Buffer.from('quanpay-platform:quanpay-platform-secret').toString('base64')}`],
    ['garbage', 'token-invalid', () => 'Bearer garbage'],
    ['a token that has expired', 'token-expired', (good) => bearer({ ...good, exp: now() - 60 })],
    ['a token for another audience', 'token-invalid', (good) => bearer({ ...good, aud: 'urn:other' })],
    ['a token of another issuer', 'token-invalid', (good) => bearer({ ...good, iss: 'https://issuer.example' })],
    ['a token signed with another key', 'token-invalid', (good) => bearer(good, { foreignKey: true })],
    ['an id token', 'token-invalid', (good) => bearer(good, { header: { typ: 'JWT' } })],
    ['a token that was changed', 'token-invalid', (good) => `Bearer ${changed(forge.token(good))}`],
  ];
  it.each(strangers)('to whoever brings %s', async (_name, code, authorizationOf) => {
    const all = guarded.map((operation) => ({
      operation,
      authorization: authorizationOf(claims(operation.roles[0]!, addressOf(operation).tenant)),
    }));
    expect(await refused(all, 401, code)).toEqual([]);
  });

  it('at the front door, too, which shows every operation of every service and no other', async () => {
    const { paths } = await who.anyone.see('/openapi.json');
    expect(operationsOf({ paths }).map(named).sort()).toEqual([...ports.keys()].sort());
    const all = guarded.map((operation) => ({ operation, authorization: 'Bearer garbage', at: recourse.url }));
    expect(await refused(all, 401, 'token-invalid')).toEqual([]);
  });

  it.each(roles)('to the role %s where it is not named', async (role) => {
    const all = guarded
      .filter(({ roles: may }) => !may.includes(role))
      .map((operation) => ({ operation, authorization: bearer(claims(role, addressOf(operation).tenant)) }));
    expect(await refused(all, 403, 'role-not-allowed')).toEqual([]);
  });

  it.each<readonly [string, () => number | undefined]>([
    ['an hour ago', () => now() - 3_600],
    ['at a time nobody says', () => undefined],
    ['in an hour from now', () => now() + 3_600],
  ])('to staff who signed in %s, where it must have been just now', async (_name, authTime) => {
    const all = guarded.flatMap((operation) =>
      (operation.fresh ? operation.roles : [])
        .filter((role) => role !== 'platform' && role !== 'customer')
        .map((role) => ({ operation, authorization: bearer(claims(role, addressOf(operation).tenant, { auth_time: authTime() })) })),
    );
    expect(all.length).toBeGreaterThan(15);
    expect(await refused(all, 401, 'login-too-old')).toEqual([]);
  });

  it.each([
    ['agent-lacks-skill', 'an agent without the skill', { skills: [] }],
    ['agent-has-a-conflict', 'an agent with a conflict', conflicted],
  ])('with %s to %s', async (code, _who, wrong) => {
    const all = [];
    for (const operation of guarded.filter(
      ({ roles: may, reach }) => may.includes('agent') && reach.some((name) => /^skilled/.test(name)),
    )) {
      const opens = operation.described.parameters?.some((one: Json) => one.name === 'purpose');
      const inCase = operation.path.startsWith('/v1/cases/{id}');
      if (!operation.reach.includes('skilled') && !opens) continue;
      if (code === 'agent-has-a-conflict' && !inCase) continue;
      const { path: address, tenant } = inCase ? inOpenCase(operation) : addressOf(operation);
      all.push({
        ...{ operation, authorization: bearer(claims('agent', tenant, wrong)), query: opens ? 'purpose=handling-complaint' : '' },
        ...(inCase && { address, ifMatch: open.etag }),
      });
    }
    expect(all.length).toBeGreaterThan(25);
    expect(await refused(all, 403, code)).toEqual([]);
  });
});

describe('What belongs to others is as if it were not there', () => {
  const bounded = (): readonly Guarded[] =>
    guarded.filter((one) => parametersOf(one).length > 0 && !one.reach.some((name) => name === 'house' || name === 'public'));

  it.each(roles)('for the role %s of another platform', async (role) => {
    // Under its own ids a platform has things of its own: what it does to its own account of that name is its affair.
    const itsOwn = (one: Operation): boolean => role !== 'customer' && parametersOf(one).every((name) => isOfThePlatform(one, name));
    const plain = (one: Operation): boolean => parametersOf(one).every((name) => isPlainName(one, name));
    const all = bounded().filter((one) => one.roles.includes(role) && !plain(one) && !(one.method === 'POST' && itsOwn(one)));
    expect(
      await wrongOf(all, (operation) => {
        const address = addressOf(operation);
        const other = tenants.find((tenant) => tenant !== address.tenant)!;
        return walk.invisible(
          operation,
          address,
          bearer(claims(role, other)),
          ({ status }) => status === 403 || (itsOwn(operation) && status === 200),
        );
      }),
    ).toEqual([]);
  });

  it('for another customer', async () => {
    const all = bounded().filter(
      ({ roles: may, reach }) => may.includes('customer') && reach.some((name) => /^own-(subject|account)$/.test(name)),
    );
    expect(all.length).toBeGreaterThan(30);
    expect(
      await wrongOf(all, (operation) => {
        const address = addressOf(operation);
        return walk.invisible(operation, address, bearer(claims('customer', address.tenant, { sub: `stranger-${newRun()}` })));
      }),
    ).toEqual([]);
  });

  it('and it was of real things that were asked: whatever is new is visited in visiting.ts', () => {
    const made = bounded().filter((operation) => !addressOf(operation).known);
    expect(made.map(named)).toEqual([]);
  });
});

describe('All of that', () => {
  it('has had no effect', async () => {
    await settled(inside, { seconds: 120 });
    expect(JSON.stringify(await heads())).toBe(before);
    process.stderr.write(`  ${guarded.length} operations were asked ${walk.cells} times by somebody who may not\n`);
  });
});
