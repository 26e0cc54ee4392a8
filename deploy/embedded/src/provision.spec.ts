import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startPostgres, type RunningPostgres } from './postgres.js';
import { passwordsFrom, provision, services, type Provisioned } from './provision.js';

const home = mkdtempSync(path.join(tmpdir(), 'recourse-provision-'));
let server: RunningPostgres;
let house: Provisioned;
beforeAll(async () => {
  server = await startPostgres({
    dataDir: path.join(home, 'data'),
    port: 0,
    password: 'admin',
    throwAway: true,
    settings: { fsync: 'off' },
  });
  house = await provision(server.url, { passwords: passwordsFrom('secret') });
});
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const ask = async <Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
};

describe('Provisioning', () => {
  it('gives each service a database of its own, three roles, and the way to keyring and bus', async () => {
    for (const service of services) {
      const { owner, log, web, keyring, bus } = house.services[service];
      const name = service.replaceAll('-', '_');
      const who = 'select current_user as role, current_database() as database';
      expect(await ask(owner, who)).toEqual([{ role: `${name}_owner`, database: `recourse_${name}` }]);
      expect(await ask(log, who)).toEqual([{ role: `${name}_log`, database: `recourse_${name}` }]);
      expect(await ask(web, who)).toEqual([{ role: `${name}_web`, database: `recourse_${name}` }]);
      expect(await ask(keyring, who)).toEqual([{ role: `${name}_log`, database: 'recourse_keyring' }]);
      expect(await ask(bus, who)).toEqual([{ role: `${name}_log`, database: 'recourse_bus' }]);
    }
  });

  it('lets nobody else connect', async () => {
    const { intake, audit } = house.services;
    const into = (url: string, database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href;
    for (const url of [intake.owner, intake.log, intake.web])
      await expect(ask(into(url, 'recourse_audit'), 'select 1')).rejects.toThrow('permission denied');
    for (const url of [audit.owner, audit.web]) {
      await expect(ask(into(url, 'recourse_keyring'), 'select 1')).rejects.toThrow('permission denied');
      await expect(ask(into(url, 'recourse_bus'), 'select 1')).rejects.toThrow('permission denied');
    }
    await expect(ask(into(house.keyring.owner, 'recourse_bus'), 'select 1')).rejects.toThrow('permission denied');
  });

  it('lets only the owner make tables, and nobody be more than he is', async () => {
    const { owner, log, web, keyring } = house.services.intake;
    await ask(owner, 'create table mine (); drop table mine');
    for (const url of [log, web, keyring]) {
      await expect(ask(url, 'create table theirs ()')).rejects.toThrow('permission denied');
      await expect(ask(url, 'create temporary table theirs ()')).rejects.toThrow('permission denied');
      await expect(ask(url, 'set role intake_owner')).rejects.toThrow('permission denied');
    }
    const mighty = await ask(
      server.url,
      `select rolname from pg_roles where rolname ~ '_(owner|log|web|user)$' and (rolsuper or rolcreaterole or rolcreatedb)`,
    );
    expect(mighty).toEqual([]);
  });

  it('lets one service govern keys, and none when it is not there', async () => {
    const members = `select m.rolname as member from pg_auth_members a join pg_roles g on g.oid = a.roleid join pg_roles m on m.oid = a.member
      where g.rolname = 'governed_keyring_governor' and not m.rolsuper`;
    const prefix = { databases: 'governed_', roles: 'governed_' };
    const options = { services: ['intake', 'audit'], passwords: () => 'x', prefix };
    await provision(server.url, options);
    expect(await ask(server.url, members)).toEqual([]);
    await provision(server.url, { ...options, governor: 'audit' });
    expect(await ask(server.url, members)).toEqual([{ member: 'governed_audit_log' }]);
  });

  it('sorts text by code point', async () => {
    const sorted = await ask<{ t: string }>(house.services.intake.log, `select t from unnest(array['a', 'B', 'é', 'z', 'A']) t order by t`);
    expect(sorted.map(({ t }) => t)).toEqual(['A', 'B', 'a', 'z', 'é']);
  });

  it('may be repeated, also by several at once, and changes passwords without harm', async () => {
    await ask(house.services.intake.owner, 'create table kept as select 42 as answer');
    const both = await Promise.all([0, 1].map(() => provision(server.url, { passwords: passwordsFrom('other secret') })));
    expect(both[0]).toEqual(both[1]);
    expect(await ask(both[0]!.services.intake.owner, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await expect(ask(house.services.intake.owner, 'select 1')).rejects.toThrow('password');
    house = await provision(server.url, { passwords: passwordsFrom('secret') });
  });

  it('needs no superuser: an administrator who may make databases and roles will do', async () => {
    await ask(server.url, `create role manager login password 'm' createdb createrole`);
    const url = Object.assign(new URL(server.url), { username: 'manager', password: 'm' }).href;
    const managed = await provision(url, {
      services: ['intake'],
      passwords: () => 'x',
      prefix: { databases: 'managed_', roles: 'managed_' },
    });
    expect(await ask(managed.services.intake.web, 'select current_user as role')).toEqual([{ role: 'managed_intake_web' }]);
  });
});

it('Passwords follow from the secret and the role, and nothing else', () => {
  expect(passwordsFrom('a')('intake_log')).toBe(passwordsFrom('a')('intake_log'));
  const all = ['a', 'b'].flatMap((secret) => ['intake_log', 'intake_web'].map(passwordsFrom(secret)));
  expect(new Set(all).size).toBe(4);
});
