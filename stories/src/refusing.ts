import { services } from '@recourse/embedded';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { claimsOf, Forge, type Claims } from './forging.js';
import type { Json } from './front.js';
import { tenants } from './gathering.js';
import type { LivedIn } from './living.js';
import type { Inside } from './peeking.js';
import { now, Poser } from './posing.js';
import { operationsOf, type Operation } from './retracing.js';
import { newRun } from './seeding.js';
import { settled } from './settling.js';
import { isOfThePlatform, isPlainName, named, parametersOf, Walk, wrongOf } from './walking.js';

const roles = ['platform', 'customer', 'agent', 'supervisor', 'auditor', 'operator', 'privacy-officer'] as const;
type Guarded = Operation & { readonly roles: readonly string[] };

type Try = {
  readonly operation: Operation;
  readonly authorization: string | undefined;
  readonly address?: string;
  readonly ifMatch?: string;
  readonly query?: string;
  readonly at?: string;
};

/** How far every log has come. */
const headsOf = async (inside: Inside): Promise<string> => {
  const asked = services.map(async (service) => [
    service,
    (await inside.ask<{ head: string }>(service, 'select coalesce(max(position), -1) as head from log.event'))[0]!.head,
  ]);
  return JSON.stringify(Object.fromEntries(await Promise.all(asked)));
};

/** Which service answers for an operation. They are asked themselves: the front door looks at nothing that is asked here. */
const portsOf = async ({ recourse }: LivedIn): Promise<ReadonlyMap<string, string>> => {
  const told = services.map(async (service) => {
    const url = `http://127.0.0.1:${recourse.ports[service]}`;
    const document: Json = await (await fetch(`${url}/openapi.json`)).json();
    return operationsOf(document).map((one) => [named(one), url] as const);
  });
  return new Map((await Promise.all(told)).flat());
};

/** Every operation is asked by everybody who may not, and nothing comes of it. */
export const refuseEverybody = (house: () => LivedIn): void => {
  let forge: Forge;
  let poser: Poser;
  let walk: Walk;
  let guarded: readonly Guarded[];
  let ports: ReadonlyMap<string, string>;
  let before: string;

  beforeAll(async () => {
    const { recourse, who, document, operations } = house();
    forge = new Forge(recourse.home);
    poser = new Poser(forge, `${recourse.url}/issuer`, claimsOf(await who.staff('quanpay/agent').token!())['skills']);
    ports = await portsOf(house());
    walk = new Walk((operation) => ports.get(named(operation)) ?? recourse.url, document);
    guarded = operations.filter((one): one is Guarded => one.roles !== 'anyone');
    before = await headsOf(house().inside);
  });

  const addressOf: LivedIn['addressOf'] = (operation) => house().addressOf(operation);
  const claims: Poser['claims'] = (...told) => poser.claims(...told);
  const bearer: Poser['bearer'] = (...told) => poser.bearer(...told);
  const inOpenCase = (operation: Operation): { readonly path: string; readonly tenant: string } => {
    const { noun, tenant } = house().open;
    return { path: noun + addressOf(operation).path.slice(noun.length), tenant };
  };

  /** Asks each of them and expects this refusal. */
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
      expect(house().operations.map(named).sort()).toEqual([...ports.keys()].sort());
      const all = guarded.map((operation) => ({ operation, authorization: 'Bearer garbage', at: house().recourse.url }));
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

    it.each<readonly [string, string, () => Claims]>([
      ['agent-lacks-skill', 'an agent without the skill', () => ({ skills: [] })],
      ['agent-has-a-conflict', 'an agent with a conflict', () => ({ sub: house().open.conflicted })],
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
          ...{ operation, authorization: bearer(claims('agent', tenant, wrong())), query: opens ? 'purpose=handling-complaint' : '' },
          ...(inCase && { address, ifMatch: house().open.etag }),
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
      const { inside } = house();
      await settled(inside, { seconds: 120 });
      expect(await headsOf(inside)).toBe(before);
      process.stderr.write(`  ${guarded.length} operations were asked ${walk.cells} times by somebody who may not\n`);
    });
  });
};
