import { services } from '@recourse/embedded';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type Json } from './front.js';
import { answersOf, listsOf, type Answers } from './gathering.js';
import type { LivedIn } from './living.js';
import type { Inside } from './peeking.js';
import { settled } from './settling.js';
import type { Everybody } from './signing-in.js';
import { unshownShapes } from './storing-shapes.js';

/** Tables beside the views that are no views: what was heard from others, how far a stranger's server was told, and what sealed text is found by. */
const kept = [
  'public.migrations',
  'public.webhook_cursor',
  'public.webhook_delivery',
  'public.heard_record',
  'public.heard_sealed',
  'public.heard_origin',
  'public.heard_gap',
  'public.heard_opening',
  'public.search_entry',
  'public.search_token',
  'public.search_epoch',
  'public.search_asked',
  'public.search_forgotten',
];

const viewTables = async (inside: Inside): Promise<readonly (readonly [(typeof services)[number], string])[]> => {
  const found = [];
  for (const service of services)
    for (const table of await inside.tables(service))
      if (/^public\./.test(table) && !kept.includes(table)) found.push([service, table] as const);
  return found;
};
/** Every row of every view, as PostgreSQL writes it. */
const rowsOfViews = async (inside: Inside): Promise<Readonly<Record<string, readonly string[]>>> => {
  const tables: Record<string, readonly string[]> = {};
  for (const [service, table] of await viewTables(inside))
    tables[`${service} ${table}`] = (await inside.ask<{ row: string }>(service, `select t::text as row from ${table} t order by 1`)).map(
      ({ row }) => row,
    );
  return tables;
};
const mailsOf = async (who: Everybody): Promise<readonly string[]> => (await who.anyone.see('/dev/mail')).mails.map(({ id }: Json) => id);
const differing = (one: Answers, other: Answers): readonly string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((question) => one.get(question) !== other.get(question));

/** What everybody was told, and answered, before anything was rebuilt. */
type Before = { readonly answers: Answers; readonly sent: readonly string[]; readonly received: readonly (readonly string[])[] };

/** Every view is emptied and built again, and another time beside itself; and then it is looked at what the logs hold. */
export const foldAnew = (house: () => LivedIn): void => {
  describe('Read models are folded from the log and from nothing else', () => {
    let before: Before;

    beforeAll(async () => {
      const { who, inside, furnished } = house();
      await settled(inside);
      const answers = await answersOf(who, inside);
      before = { answers, sent: await mailsOf(who), received: furnished.map(({ receiver }) => receiver.received.map(({ id }) => id)) };
    });

    it('has a question for every list of the API, with every filter', async () => {
      const { paths } = house().document;
      const nothing = {
        references: [],
        receipts: [],
        accounts: [],
        subjects: [],
        matters: [],
        agents: [],
        letters: [],
        payments: [],
        endpoints: [],
      };
      const one = Object.fromEntries(Object.keys(nothing).map((name) => [name, ['x']])) as unknown as typeof nothing;
      const asked = listsOf('harbour', one);
      // The heads of the logs and what waits are no views, a stream is no list, and what is in force is asked of the clock.
      const lists = Object.entries<Json>(paths).filter(
        ([path, { get }]) => get && !path.includes('{') && !/^\/v1\/(audit\/logs|stream|operations\/.+|policies\/in-force)$/.test(path),
      );
      expect(lists.map(([path]) => path).sort()).toEqual(Object.keys(asked).sort());
      for (const [path, { get }] of lists) {
        const filters = (get.parameters ?? []).filter((one: Json) => one.in === 'query').map(({ name }: Json) => name);
        const known = new Set([
          'limit',
          'cursor',
          'purpose',
          'position',
          'at',
          'wait',
          ...asked[path]!.queries.flatMap((query) => Object.keys(query)),
        ]);
        expect({ path, unasked: filters.filter((name: string) => !known.has(name)) }).toEqual({ path, unasked: [] });
      }
    });

    it('gives the same answers, byte for byte, after every view was emptied and built again', async () => {
      const { recourse, who, inside } = house();
      const { answers } = before;
      const rows = await rowsOfViews(inside);
      for (const [table, { length }] of Object.entries(rows)) expect({ table, empty: length === 0 }).toEqual({ table, empty: false });

      await Promise.all(services.map((service) => recourse.kill(service)));
      for (const [service, table] of await viewTables(inside)) await inside.ask(service, `truncate ${table}`);
      for (const service of services)
        await inside.ask(service, `update log.follower set position = -1, token = token + 1, holder = null where name like 'view:%'`);
      expect(Object.values(await rowsOfViews(inside)).flat()).toEqual([]);
      await Promise.all(services.map((service) => recourse.restart(service)));
      await settled(inside);

      const rebuilt = await answersOf(who, inside);
      for (const question of differing(answers, rebuilt).slice(0, 3))
        expect({ question, answer: rebuilt.get(question) }).toEqual({ question, answer: answers.get(question) });
      expect(differing(answers, rebuilt)).toEqual([]);
      expect(await rowsOfViews(inside)).toEqual(rows);
      process.stderr.write(
        `  rebuilt ${Object.values(rows).flat().length} rows of ${Object.keys(rows).length} views; ${answers.size} answers are the same\n`,
      );
    });

    it('gives the same answers while every view is built anew beside itself and swapped', async () => {
      const { who, inside } = house();
      let begun = 0;
      for (const service of services) {
        const [row] = await inside.ask<{ begun: number }>(
          service,
          `select count(log.begin_generation(name, version, true, true))::integer as begun
           from log.view join log.view_generation on view = name and generation = live`,
        );
        begun += row!.begun;
      }
      expect(begun).toBeGreaterThan(8);
      await eventually('every view is swapped', async () => {
        const open = services.map((service) => inside.ask(service, `select from log.view_generation where state = 'building'`));
        return (await Promise.all(open)).every((rows) => rows.length === 0);
      });
      await settled(inside);
      const rebuilt = await answersOf(who, inside);
      expect(differing(before.answers, rebuilt)).toEqual([]);
      for (const service of services) expect(await inside.ask(service, 'select name from log.view where live = 0')).toEqual([]);
    });

    it('and of all that nobody hears anything twice', () => nothingTwice(house(), before));
  });

  describe('What the logs hold', () => {
    it('has in contracts/stored an example of each of its shapes, for those who have to read it for ever', async () => {
      // A new event, or a new member that may be left out: RECOURSE_STORED=write npm test -- lived-through. Anything else is a new sv and an upcaster.
      expect(await unshownShapes(house().inside, process.env['RECOURSE_STORED'] === 'write')).toEqual([]);
    });
  });
};

/** Something new reaches everybody; what came before it would have had to come by now. */
const nothingTwice = async ({ who, inside, furnished }: LivedIn, { sent, received }: Before): Promise<void> => {
  for (const { tenant, run } of furnished) {
    const account = `wallet-furnished-${run}`;
    await who
      .customer(tenant, `furnished-${run}`)
      .post('/v1/complaints', { channel: 'app', account, category: 'device-lost', submit: true, narrative: { text: 'Lost.' } });
    await eventually(
      'the account is locked',
      async () => (await who.platform(tenant).see(`/v1/accounts/${account}/protection`)).locks.length > 1,
    );
  }
  await settled(inside);
  const sentSince = (await mailsOf(who)).filter((id) => !sent.includes(id));
  const messageIdsOf = async (mails: readonly string[]): Promise<readonly string[]> =>
    (await Promise.all(mails.map((id) => who.anyone.see(`/dev/mail/${id}`)))).map(({ headers }: Json) => headers['message-id']);
  const [mailed, mailedBefore] = [await messageIdsOf(sentSince), await messageIdsOf(sent)];
  expect(mailed.length).toBeGreaterThan(0);
  expect(again(mailed, mailedBefore)).toEqual([]);
  for (const [at, { receiver }] of furnished.entries()) {
    const before = received[at]!;
    const since = receiver.received.slice(before.length).map(({ id }) => id);
    expect(since.length).toBeGreaterThan(0);
    expect(again(since, before)).toEqual([]);
  }
};
const again = (since: readonly string[], before: readonly string[]): readonly string[] =>
  since.filter((id, index) => before.includes(id) || since.indexOf(id) !== index);
