import { services } from '@recourse/embedded';
import { describe, expect, it } from '@jest/globals';
import fs from 'node:fs';
import path from 'node:path';
import { platformsOfStories, type Disguised, type OfStory } from './disguising.js';
import { eventually, type Json } from './front.js';
import { searchFor, type Markers } from './marking.js';
import type { Masquerade } from './masquerading.js';
import { databases, filesBelow, type Inside } from './peeking.js';
import { documentedGroups, documentedPlaces, fromTheRoot, groupsInCode } from './privacy-page.js';
import { everybody } from './signing-in.js';
import { allThatOpens, keysLeft } from './sifting.js';

const erased: OfStory = 'quanpay';

const leavesOf = async (inside: Inside): Promise<readonly string[]> => {
  const rows = await Promise.all(
    services.map((service) =>
      inside.ask<{ leaf: string }>(service, `select encode(leaf, 'hex') as leaf from log.event where type <> 'GroupsOpened'`),
    ),
  );
  return rows.flat().map(({ leaf }) => leaf);
};

/** Whoever could read something at this platform. */
const readers = (url: string) => {
  const who = everybody(url);
  const roles = ['agent', 'supervisor', 'auditor', 'privacy-officer', 'operator'].map((role) => who.staff(`${erased}/${role}`));
  return [who.platform(erased), ...roles];
};
/** Nobody waits for what is there, and what another one may not see he would wait for in vain. */
const withoutWaiting = (place: string): string => place.replace(/wait=\d+&?/, '');
/** Every answer to a question that was answered with personal data before, asked by everybody, for each purpose his role may state. */
const askedAgain = async (
  url: string,
  places: Disguised['places'],
): Promise<{ readonly answers: readonly Json[]; readonly asked: number }> => {
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
  // The notary opens nothing for an auditor, so he asks for no purpose, and once.
  const askings = paths.flatMap((place) =>
    place.includes('/audit/')
      ? place.replace('?purpose=?', '')
      : purposes.map((purpose) => place.replace('purpose=?', `purpose=${purpose}`)),
  );
  for (const by of readers(url))
    for (const asking of askings) {
      const { status, body } = await by.ask('GET', asking);
      expect(status).toBeLessThan(500);
      answers.push(body);
      asked++;
    }
  return { answers, asked };
};

/** Two people destroy every key there is of the story, through the front door, twenty at a time. Answers with their orders. */
const destroyAll = async ({ recourse, inside }: Masquerade): Promise<readonly string[]> => {
  const orders: string[] = [];
  const who = everybody(recourse.url);
  const [one, other] = [who.staff('xu-bo'), who.staff('lin-wei')];
  const keys = (await keysLeft(inside)).filter(({ tenant }) => tenant === erased).map(({ id }) => id);
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
  return orders;
};

/** Every table there is, by the name it has in all services that have it. */
const tablesThere = async (inside: Inside): Promise<readonly string[]> => {
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

/** What docs/privacy.md says is so; and what was told in quanpay's story is gone for everybody once its keys are. */
export const erasingClaims = (house: Masquerade): void => {
  describe('docs/privacy.md', () => {
    it('names every table there is, once, and no other; and a table that nobody described is noticed', async () => {
      const documented = documentedPlaces().filter(({ place }) => !place.endsWith('/'));
      expect(documented.map(({ place }) => place).sort()).toEqual(await tablesThere(house.inside));
      await house.inside.ask('intake', 'create table public.hearsay (tenant text not null, what text)');
      const unknown = (await tablesThere(house.inside)).filter((table) => !documented.some(({ place }) => place === table));
      await house.inside.ask('intake', 'drop table public.hearsay');
      expect(unknown).toEqual(['intake: hearsay']);
    });

    it('names every sealed group that the code seals, with the service that seals it', async () => {
      expect(
        documentedGroups()
          .map(({ service, group }) => `${service}: ${group}`)
          .sort(),
      ).toEqual(groupsInCode());
      const scopes = await house.inside.ask<{ scope: string }>(
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
    let leaves: readonly string[];
    let orders: readonly string[];
    /** The markers of each story, and those of whoever confided everything at another platform than the erased one. */
    const tellers = (): Readonly<Record<string, Markers>> => ({ ...house.ofStory, confided: house.confided.markers });
    /** Which markers all keys together opened. */
    const openedBefore: Record<string, readonly string[]> = {};

    it('all of it could be read before: by whoever states a purpose, and with the keys from the bytes', async () => {
      leaves = await leavesOf(house.inside);
      const { texts } = await allThatOpens(house.inside, house.home);
      for (const [who, { all }] of Object.entries(tellers())) {
        openedBefore[who] = searchFor(all)(texts);
        expect(openedBefore[who].length).toBeGreaterThan(1);
      }
      for (const tenant of platformsOfStories) {
        const shown = searchFor(house.ofStory[tenant].all)(`${texts}\n${house.stories[tenant].opened.join('\n')}`);
        const fields = [...new Set(house.ofStory[tenant].all.map(({ field }) => field))].filter((field) => !/content/.test(field));
        expect({ tenant, missing: fields.filter((field) => !shown.includes(field)) }).toEqual({ tenant, missing: [] });
      }
      expect(filesBelow(house.home).filter((file) => file.includes(`${path.sep}${erased}${path.sep}`)).length).toBeGreaterThan(0);
    });

    it('two people ask for it and agree, and every service says what it has forgotten', async () => {
      orders = await destroyAll(house);
      expect(orders.length).toBeGreaterThan(0);
      const [gone] = await house.inside.ask<{ counts: number }>(
        'keyring',
        `select count(distinct service)::int as counts from keyring.acknowledgement where ordered_by = $1`,
        [orders[0]],
      );
      expect(gone!.counts).toBe(services.length);
      expect((await keysLeft(house.inside)).filter(({ tenant }) => tenant === erased)).toEqual([]);
      // What each service says it forgot is what the page says it forgets.
      const said = await house.inside.ask<{ service: string; kind: string }>(
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
      const { answers, asked } = await askedAgain(house.recourse.url, house.stories[erased].places);
      const texts = JSON.stringify(answers);
      expect(searchFor(house.ofStory[erased].all)(texts)).toEqual([]);
      expect(texts).toContain('"erased":{"at":"');
      expect(orders.some((order) => texts.includes(`"order":"${order}"`))).toBe(true);
      process.stderr.write(`  ${house.ofStory[erased].all.length} markers are in none of ${asked} answers\n`);
    });

    it('no key that is left opens any of its bytes, wherever they are, and the other stories stay readable', async () => {
      const { texts, blobs, keys, tried } = await allThatOpens(house.inside, house.home);
      expect(searchFor(house.ofStory[erased].all)(texts)).toEqual([]);
      for (const [who, { all }] of Object.entries(tellers()).filter(([one]) => one !== erased))
        expect({ who, found: searchFor(all)(texts) }).toEqual({ who, found: openedBefore[who] });
      process.stderr.write(`  ${blobs} sealed groups, ${keys} keys, ${tried} tries: none opens to a marker of the story\n`);
      for (const service of services) {
        const [left] = await house.inside.ask<{ left: number }>(service, 'select count(*)::int as left from log.sealed where tenant = $1', [
          erased,
        ]);
        expect({ service, left: left!.left }).toEqual({ service, left: 0 });
      }
    });

    it('no row, no waiting message and no file has it, the evidence is gone, and every record is what it was', async () => {
      const search = searchFor(house.ofStory[erased].all);
      let searched = 0;
      for await (const { database, table, rows } of house.inside.everyTable()) {
        searched += rows.length;
        expect({ database, table, found: search(rows.join('\n')) }).toEqual({ database, table, found: [] });
      }
      const now = new Set(await leavesOf(house.inside));
      expect(leaves.filter((leaf) => !now.has(leaf))).toEqual([]);
      const files = filesBelow(house.home).filter((file) => !path.relative(house.home, file).startsWith('postgres'));
      expect(files.filter((file) => file.includes(`${path.sep}${erased}${path.sep}`))).toEqual([]);
      for (const file of files)
        expect({ file: path.relative(house.home, file), found: search(fs.readFileSync(file, 'utf8')) }).toEqual({
          file: path.relative(house.home, file),
          found: [],
        });
      process.stderr.write(
        `  ${house.markers.all.length} markers; ${searched} rows and ${files.length} files searched; ${leaves.length} leaves are what they were\n`,
      );
    });
  });
};
