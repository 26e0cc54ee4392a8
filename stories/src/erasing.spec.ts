import { services } from '@recourse/embedded';
import { startRecourse, type Recourse } from '@recourse/embedded/starting';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brokenOpen, unwrapped, wrappingKeysIn, type FoundBlob, type FoundKey } from './breaking-open.js';
import { playStory, type Disguised } from './disguising.js';
import { eventually, type Json } from './front.js';
import { Markers, searchFor } from './marking.js';
import { databases, filesBelow, Inside } from './peeking.js';
import { documentedGroups, documentedPlaces, fromTheRoot, groupsInCode } from './privacy-page.js';
import { settled } from './settling.js';
import { everybody } from './signing-in.js';

const erased = 'quanpay';
const tenants = ['quanpay', 'tidepay'] as const;
const home = fs.mkdtempSync(path.join(tmpdir(), 'recourse-erasing-'));
const whole = new Markers();
const markers = Object.fromEntries(tenants.map((tenant) => [tenant, new Markers(whole)])) as Record<(typeof tenants)[number], Markers>;

let recourse: Recourse;
let inside: Inside;
let told: Record<(typeof tenants)[number], Disguised>;
let leaves: readonly string[];
/** Which markers all keys together opened. */
const openedBefore: Record<string, readonly string[]> = {};
const orders: string[] = [];

/** Every sealed group whose bytes are anywhere: beside the logs, with the notary, on the bus, in messages that wait. */
const blobsFound = async (): Promise<readonly FoundBlob[]> => {
  const refs = new Map<string, { tenant: string; group: string }>();
  for (const service of services) {
    const rows = await inside.ask<{ tenant: string; sealed: readonly { id: string; group: string }[] }>(
      service,
      `select tenant, record->'sealed' as sealed from log.event where record->'sealed' is not null`,
    );
    for (const { tenant, sealed } of rows) for (const { id, group } of sealed) refs.set(id, { tenant, group });
  }
  const found: { id: string; blob: Buffer }[] = [];
  for (const service of services)
    found.push(...(await inside.ask<{ id: string; blob: Buffer }>(service, 'select id, blob from log.sealed')));
  found.push(...(await inside.ask<{ id: string; blob: Buffer }>('audit', 'select id, blob from heard_sealed')));
  const messages = (await inside.ask<{ value: string }>('bus', 'select value from bus.message')).map(({ value }) => value);
  for (const service of services)
    messages.push(...(await inside.ask<{ value: string }>(service, 'select value from relay.parked_message')).map(({ value }) => value));
  for (const value of messages)
    for (const { id, blob } of (JSON.parse(value) as { sealed?: readonly { id: string; blob: string }[] }).sealed ?? [])
      if (blob) found.push({ id, blob: Buffer.from(blob, 'base64url') });
  return found.flatMap(({ id, blob }) => (refs.has(id) ? [{ id, blob, ...refs.get(id)! }] : []));
};

const keysLeft = (): Promise<readonly FoundKey[]> =>
  inside.ask<FoundKey>('keyring', 'select id, tenant, scope, subject, kek, wrapped from keyring.data_key where wrapped is not null');

/** Everything that all keys together open, of every blob there is. */
const allThatOpens = async (): Promise<{
  readonly texts: string;
  readonly blobs: number;
  readonly keys: number;
  readonly tried: number;
}> => {
  const [blobs, keys] = [await blobsFound(), await keysLeft()];
  const keks = new Map(
    ['keyring.kek', 'restricted.kek'].flatMap((file) => [...wrappingKeysIn(fs.readFileSync(path.join(home, file), 'utf8'))]),
  );
  const ours = keys.map((key) => ({ ...key, bytes: unwrapped(key, keks) }));
  const texts: string[] = [];
  let tried = 0;
  const distinct = new Map(blobs.map((blob) => [`${blob.id} ${Buffer.from(blob.blob).toString('base64')}`, blob]));
  for (const blob of distinct.values())
    for (const { bytes } of ours) {
      tried++;
      const text = brokenOpen(blob, bytes);
      if (text !== undefined) texts.push(text);
    }
  return { texts: texts.join('\n'), blobs: blobs.length, keys: keys.length, tried };
};

const leavesOf = async (): Promise<readonly string[]> => {
  const rows = await Promise.all(
    services.map((service) =>
      inside.ask<{ leaf: string }>(service, `select encode(leaf, 'hex') as leaf from log.event where type <> 'GroupsOpened'`),
    ),
  );
  return rows.flat().map(({ leaf }) => leaf);
};

/** Whoever could read something at this platform. */
const readers = () => {
  const who = everybody(recourse.url);
  const roles = ['agent', 'supervisor', 'auditor', 'privacy-officer', 'operator'].map((role) => who.staff(`${erased}/${role}`));
  return [who.platform(erased), ...roles];
};
/** Nobody waits for what is there, and what another one may not see he would wait for in vain. */
const withoutWaiting = (place: string): string => place.replace(/wait=\d+&?/, '');
/** Every answer to a question that was answered with personal data before, asked by everybody, for each purpose his role may state. */
const askedAgain = async (places: Disguised['places']): Promise<{ readonly answers: readonly Json[]; readonly asked: number }> => {
  const answers: Json[] = [];
  const purposes = ['handling-complaint', 'informing-customer', 'own-data', 'audit'];
  const matters = [...new Set(places.flatMap(({ path: place }) => /\/v1\/complaints\/([0-9a-f-]{36})/.exec(place)?.[1] ?? []))];
  expect(matters.length).toBeGreaterThan(0);
  const more = matters.flatMap((matter) =>
    [
      `complaints/${matter}/evidence`,
      `cases/${matter}`,
      `cases/${matter}/progress`,
      `audit/cases/${matter}`,
      `audit/cases/${matter}/events`,
    ].map((noun) => `/v1/${noun}?purpose=?`),
  );
  const paths = [...more, ...new Set(places.map(({ path: place }) => withoutWaiting(place).replace(/purpose=[a-z-]+/, 'purpose=?')))];
  let asked = 0;
  for (const { who, path: place } of [...places]) {
    answers.push((await who.ask('GET', withoutWaiting(place))).body);
    asked++;
  }
  for (const by of readers())
    for (const place of paths)
      for (const purpose of purposes) {
        // The notary opens nothing for an auditor, so he asks for no purpose.
        const asking = place.includes('/audit/') ? place.replace('?purpose=?', '') : place.replace('purpose=?', `purpose=${purpose}`);
        const { status, body } = await by.ask('GET', asking);
        expect(status).toBeLessThan(500);
        answers.push(body);
        asked++;
      }
  return { answers, asked };
};

beforeAll(async () => {
  recourse = await startRecourse({ home, environment: { RECOURSE_LOG_LEVEL: 'debug' } });
  inside = new Inside(recourse.adminUrl);
  const played = await Promise.all(
    tenants.map(async (tenant) => [tenant, await playStory(recourse.url, markers[tenant], tenant)] as const),
  );
  told = Object.fromEntries(played) as typeof told;
  await settled(inside);
});
afterAll(async () => {
  await inside?.close();
  await recourse?.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

/** Two people destroy every key there is of the story, through the front door, twenty at a time. */
const destroyAll = async (): Promise<void> => {
  const who = everybody(recourse.url);
  const [one, other] = [who.staff('xu-bo'), who.staff('lin-wei')];
  const keys = (await keysLeft()).filter(({ tenant }) => tenant === erased).map(({ id }) => id);
  for (let from = 0; from < keys.length; from += 20) {
    const asked = await one.post('/v1/privacy/key-orders', { kind: 'destroy', why: 'authority-order', keys: keys.slice(from, from + 20) });
    await other.post(`/v1/privacy/key-orders/${asked.order}/approval`, { list: asked.list });
    orders.push(asked.order);
  }
  for (const order of orders)
    await eventually(
      `${order} acknowledged by every service`,
      async () => (await one.see(`/v1/privacy/key-orders/${order}`)).stage === 'acknowledged',
      60,
    );
};

/** Every table there is, by the name it has in all services that have it. */
const tablesThere = async (): Promise<readonly string[]> => {
  const names = await Promise.all(
    databases.map(async (database) =>
      (await inside.tables(database)).map((table) => {
        const name = table.replaceAll('"', '');
        if (name === 'public.migrations') return 'migrations';
        return /^(log|relay|bus|keyring)\./.test(name) ? name : `${database}: ${name.replace('public.', '')}`;
      }),
    ),
  );
  return [...new Set(names.flat())].sort();
};

describe('docs/privacy.md', () => {
  it('names every table there is, once, and no other; and a table that nobody described is noticed', async () => {
    const documented = documentedPlaces().filter(({ place }) => !place.endsWith('/'));
    expect(documented.map(({ place }) => place).sort()).toEqual(await tablesThere());
    await inside.ask('intake', 'create table public.hearsay (tenant text not null, what text)');
    const unknown = (await tablesThere()).filter((table) => !documented.some(({ place }) => place === table));
    await inside.ask('intake', 'drop table public.hearsay');
    expect(unknown).toEqual(['intake: hearsay']);
  });

  it('names every sealed group that the code seals, with the service that seals it', async () => {
    expect(
      documentedGroups()
        .map(({ service, group }) => `${service}: ${group}`)
        .sort(),
    ).toEqual(groupsInCode());
    const scopes = await inside.ask<{ scope: string }>(
      'keyring',
      `select distinct split_part(scope, ':', 1) as scope from keyring.data_key`,
    );
    const known = new Set(documentedGroups().map(({ scope }) => scope));
    expect(scopes.map(({ scope }) => scope).filter((scope) => !known.has(scope))).toEqual([]);
  });

  it('is what README and ARCHITECTURE lead to', () => {
    expect(fromTheRoot('README.md')).toContain('docs/privacy.md');
  });
});

describe('When every key of a story has been destroyed', () => {
  it('all of it could be read before: by whoever states a purpose, and with the keys from the bytes', async () => {
    leaves = await leavesOf();
    const { texts } = await allThatOpens();
    for (const tenant of tenants) {
      openedBefore[tenant] = searchFor(markers[tenant].all)(texts);
      expect(openedBefore[tenant].length).toBeGreaterThan(1);
      const shown = searchFor(markers[tenant].all)(`${texts}\n${told[tenant].opened.join('\n')}`);
      const fields = [...new Set(markers[tenant].all.map(({ field }) => field))].filter((field) => !/content/.test(field));
      expect({ tenant, missing: fields.filter((field) => !shown.includes(field)) }).toEqual({ tenant, missing: [] });
    }
    expect(filesBelow(home).filter((file) => file.includes(`${path.sep}${erased}${path.sep}`)).length).toBeGreaterThan(0);
  });

  it('two people ask for it and agree, and every service says what it has forgotten', async () => {
    await destroyAll();
    expect(orders.length).toBeGreaterThan(0);
    const [gone] = await inside.ask<{ counts: number }>(
      'keyring',
      `select count(distinct service)::int as counts from keyring.acknowledgement where ordered_by = $1`,
      [orders[0]],
    );
    expect(gone!.counts).toBe(services.length);
    expect((await keysLeft()).filter(({ tenant }) => tenant === erased)).toEqual([]);
    // What each service says it forgot is what the page says it forgets.
    const said = await inside.ask<{ service: string; kind: string }>(
      'keyring',
      `select distinct a.service, c.kind from keyring.acknowledgement a, jsonb_object_keys(a.counts) as c(kind)`,
    );
    const forgets = documentedPlaces().flatMap(({ place, service, forgotten }) => {
      const whose = service === 'all' ? services : [service];
      return forgotten === undefined ? [] : whose.map((one) => ({ at: `${one}: ${forgotten}`, place }));
    });
    expect(said.map(({ service, kind }) => `${service}: ${kind}`).sort()).toEqual(forgets.map(({ at }) => at).sort());
  });

  it('nobody reads any of it, whoever asks and for whatever purpose, and each gap says since when and by which order', async () => {
    const { answers, asked } = await askedAgain(told[erased].places);
    const texts = JSON.stringify(answers);
    expect(searchFor(markers[erased].all)(texts)).toEqual([]);
    expect(texts).toContain('"erased":{"at":"');
    expect(orders.some((order) => texts.includes(`"order":"${order}"`))).toBe(true);
    process.stderr.write(`  ${markers[erased].all.length} markers are in none of ${asked} answers\n`);
  });

  it('no key that is left opens any of its bytes, wherever they are, and the other stories stay readable', async () => {
    const { texts, blobs, keys, tried } = await allThatOpens();
    expect(searchFor(markers[erased].all)(texts)).toEqual([]);
    for (const tenant of tenants.filter((one) => one !== erased))
      expect({ tenant, found: searchFor(markers[tenant].all)(texts) }).toEqual({ tenant, found: openedBefore[tenant] });
    process.stderr.write(`  ${blobs} sealed groups, ${keys} keys, ${tried} tries: none opens to a marker of the story\n`);
    for (const service of services) {
      const [left] = await inside.ask<{ left: number }>(service, 'select count(*)::int as left from log.sealed where tenant = $1', [
        erased,
      ]);
      expect({ service, left: left!.left }).toEqual({ service, left: 0 });
    }
  });

  it('no row, no waiting message and no file has it, the evidence is gone, and every record is what it was', async () => {
    const search = searchFor(markers[erased].all);
    let rows = 0;
    for (const database of databases)
      for (const table of await inside.tables(database))
        for (const { row } of await inside.ask<{ row: string }>(database, `select t::text as row from ${table} t`)) {
          rows++;
          expect({ database, table, found: search(row) }).toEqual({ database, table, found: [] });
        }
    const now = new Set(await leavesOf());
    expect(leaves.filter((leaf) => !now.has(leaf))).toEqual([]);
    const files = filesBelow(home).filter((file) => !path.relative(home, file).startsWith('postgres'));
    expect(files.filter((file) => file.includes(`${path.sep}${erased}${path.sep}`))).toEqual([]);
    for (const file of files)
      expect({ file: path.relative(home, file), found: search(fs.readFileSync(file, 'utf8')) }).toEqual({
        file: path.relative(home, file),
        found: [],
      });
    process.stderr.write(
      `  ${whole.all.length} markers; ${rows} rows and ${files.length} files searched; ${leaves.length} leaves are what they were\n`,
    );
  });
});
