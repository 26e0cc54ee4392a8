import { services } from '@recourse/embedded';
import { describe, expect, it } from '@jest/globals';
import { contractsFolder, personalFields } from '@recourse/contracts';
import fs from 'node:fs';
import path from 'node:path';
import type { Confiding } from './confiding.js';
import { pointersTo } from './describing.js';
import { searchFor, type Marker } from './marking.js';
import type { Masquerade } from './masquerading.js';
import { databases, filesBelow } from './peeking.js';
import { unwalledTables } from './walling.js';

/** Times of day have six digits behind the second, and those may be anything. */
const withoutTimes = (text: string): string => text.replaceAll(/\d\d:\d\d:\d\d(\.\d+)?/g, '').replaceAll(/"time":\d+/g, '');
const codesIn = ({ codes }: Confiding, text: string): readonly string[] => {
  const plain = withoutTimes(text);
  return codes.filter((code) => plain.includes(code) && new RegExp(`(?<![0-9a-z.])${code}(?![0-9a-z])`, 'i').test(plain));
};

/** The fields that were told with a marker in them, as the description names them: `/v1/cases/{id}/notes/text`. */
const markersIn = ({ told, account }: Confiding, markers: readonly Marker[]): readonly string[] =>
  told.flatMap(({ path: place, body }) => {
    const noun = place.replaceAll(/\/([0-9a-f]{8}-[0-9a-f-]{27})(?=\/)/g, '/{id}').replace(`/accounts/${account}/`, '/accounts/{account}/');
    const isMarked = (value: unknown): boolean => markers.some(({ text }) => String(value).includes(text));
    return pointersTo(body, isMarked).map((pointer) => noun + pointer);
  });

/** While the database runs, it takes away files of its own. */
const readIfThere = (file: string): Buffer | undefined => {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Looks through each file of the house: for the beginnings of all markers where the database keeps bytes, for everything elsewhere. */
const expectNothingInFiles = ({ home, markers, confided }: Masquerade): void => {
  const search = searchFor(markers.all);
  const files = filesBelow(home);
  expect(files.filter((file) => file.endsWith('.log')).length).toBeGreaterThan(services.length);
  expect(files.filter((file) => file.includes('pg_wal')).length).toBeGreaterThan(0);
  for (const file of files) {
    const ofTheDatabase = path.relative(home, file).startsWith('postgres');
    const bytes = ofTheDatabase ? readIfThere(file) : fs.readFileSync(file);
    if (!bytes) continue;
    const found = ofTheDatabase
      ? markers.stems.filter((stem) => bytes.includes(stem))
      : [...search(bytes.toString()), ...codesIn(confided, bytes.toString())];
    expect({ file: path.relative(home, file), found }).toEqual({ file: path.relative(home, file), found: [] });
  }
};

/** What was told can be read for a purpose, and stands nowhere else in the house. */
export const leakingClaims = (house: Masquerade): void => {
  describe('What somebody told us of himself stands nowhere but in sealed groups', () => {
    it('was told, and can be read for a purpose', () => {
      const toBeRead = house.markers.all.filter(({ field }) => !/^(wrong|discarded|webhook|\/v1\/)|hashed|redact|^evidence: /.test(field));
      const fields = [...new Set(toBeRead.map(({ field }) => field))];
      const shown = searchFor(toBeRead)(house.confided.opened.join('\n'));
      expect(fields.filter((field) => !shown.includes(field))).toEqual([]);
      expect(fields.length).toBeGreaterThan(30);
      expect(house.confided.codes.length).toBe(4);
    });

    it('in every field of the API in which one can write what one likes', async () => {
      const description = await house.confided.platform.see('/openapi.json');
      const marked = markersIn(house.confided, house.markers.all);
      const declared = JSON.parse(fs.readFileSync(contractsFolder('privacy/personal-fields.json'), 'utf8')) as Record<string, string>;
      // A pseudonym, the name of a platform, one of a closed list: what is declared to be nobody's. What somebody looks for is somebody's.
      const isOfNobody = (field: string): boolean => /^open:(?!looked-for)/.test(declared[field] ?? '');
      const unmarked = personalFields(description).filter((field) => !isOfNobody(field) && !marked.includes(field));
      expect(unmarked).toEqual([]);
      expect(marked.length).toBeGreaterThan(30);
    });

    it('in the three stories, each of them with a marker of its own', () => {
      const stories = Object.values(house.stories);
      const fields = new Set(stories.flatMap((story) => [...story.fields]));
      expect(fields.size).toBeGreaterThan(8);
      for (const part of [
        'narrative/text',
        'contacts/text',
        'contacts/agentName',
        'letters/text',
        'notes/text',
        'contact/address',
        'evidence/file',
      ])
        expect([...fields].filter((field) => field.endsWith(part))).not.toEqual([]);
      // Whoever stated a purpose read them.
      expect(searchFor(house.markers.all)(stories.flatMap(({ opened }) => opened).join('\n')).length).toBeGreaterThan(2);
    });

    it('would be found as text, as bytes, escaped, and inside base64', () => {
      const text = JSON.stringify({ before: 'x', all: house.markers.all.map(({ text }) => `(${text})`) });
      const fields = [...new Set(house.markers.all.map(({ field }) => field))];
      const escaped = text.replaceAll(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16)}`);
      for (const disguised of [
        text,
        escaped,
        Buffer.from(text).toString('hex'),
        Buffer.from(text).toString('base64'),
        Buffer.from(text).toString('base64url'),
        encodeURIComponent(text),
      ])
        expect([...searchFor(house.markers.all)(disguised)].sort()).toEqual([...fields].sort());
      const { codes } = house.confided;
      expect(codesIn(house.confided, `{"time":1,"a":"${codes[0]}"} ${codes[1]}`)).toEqual(codes.slice(0, 2));
    });

    it('in no column of any table', async () => {
      const search = searchFor(house.markers.all);
      let searched = 0;
      for await (const { database, table, rows } of house.inside.everyTable()) {
        searched += rows.length;
        const text = rows.join('\n');
        expect({ database, table, found: search(text), codes: codesIn(house.confided, text) }).toEqual({
          database,
          table,
          found: [],
          codes: [],
        });
      }
      process.stderr.write(
        `  ${house.markers.all.length} markers and ${house.confided.codes.length} codes are in none of ${searched} rows\n`,
      );
      expect(searched).toBeGreaterThan(300);
    });

    it('behind a wall in every table that has a tenant, and a table without one is noticed', async () => {
      const unwalled = async () => (await Promise.all(databases.map((database) => unwalledTables(house.inside, database)))).flat();
      expect(await unwalled()).toEqual([]);
      await house.inside.ask(
        'intake',
        `create table public.hearsay (tenant text not null, what text); grant select on public.hearsay to intake_web`,
      );
      await house.inside.ask('audit', `create table public.rumour (id uuid); grant select on public.rumour to audit_web`);
      expect(await unwalled()).toEqual(['intake: public.hearsay', 'audit: public.rumour']);
      await house.inside.ask('intake', 'drop table public.hearsay');
      await house.inside.ask('audit', 'drop table public.rumour');
    });

    it('in no metric', async () => {
      const search = searchFor(house.markers.all);
      for (const service of services) {
        const metrics = await (await fetch(`http://127.0.0.1:${house.recourse.ports[service]}/metrics`)).text();
        expect(metrics).toContain('recourse_log_head');
        expect({ service, found: search(metrics), codes: codesIn(house.confided, metrics) }).toEqual({ service, found: [], codes: [] });
      }
    });

    it('in no problem document', () => {
      const search = searchFor(house.markers.all);
      const { problems } = house.confided;
      const refused = problems.filter(({ status }) => status >= 400);
      expect(refused.length).toBeGreaterThan(problems.length * 0.8);
      for (const { status, headers, body } of problems)
        expect({ status, body, found: search(JSON.stringify([body, [...headers]])) }).toEqual({ status, body, found: [] });
    });

    it('in no file: no log, no evidence, nothing put aside, nothing the database keeps', async () => {
      // What the database still had in memory is written down.
      await house.inside.ask('bus', 'checkpoint');
      expectNothingInFiles(house);
    });
  });
};

/** Ends the house: what anybody still had in memory is written down by then, and is looked through once more. */
export const stoppedClaims = (house: Masquerade): void => {
  describe('What somebody told us of himself, when the house has stopped', () => {
    it('stands in no file: no log, nothing put aside, nothing the database keeps', async () => {
      await house.stop();
      expectNothingInFiles(house);
    });
  });
};
