import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CasesFound } from '@recourse/contracts';
import { serviceUnderTest, type Answered, type Somebody } from '@recourse/edge/testing';
import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { caseService, no, pointers, type CaseService } from '../complaint-case/case-service.testing.js';
import { CaseTrackingModule } from '../case-tracking.module.js';
import { forgetIndex, recallIndex, SearchIndex } from './search-index.pg.js';

let house: CaseService;
let index: SearchIndex;
let owner: pg.Client;
beforeAll(async () => {
  house = await caseService();
  index = new SearchIndex(house.store.pool);
  owner = new pg.Client({ connectionString: house.database.ownerUrl });
  await owner.connect();
}, 60_000);
afterAll(async () => {
  await owner.end();
  await house.close();
});

/** Until everything the log names can be found. */
const indexed = async (): Promise<void> => {
  const head = await house.store.head();
  for (const over = Date.now() + 30_000; Date.now() < over; await pause(50)) {
    const { rows } = await house.store.pool.query<{ position: string }>(`select position from log.follower where name = 'search'`);
    if (Number(rows[0]?.position ?? -1) >= head && (await index.waiting()) === 0) {
      await house.views.caughtUp();
      return;
    }
  }
  throw new Error('something cannot be found yet');
};

const search = (terms: object, who: Somebody = house.jing, query = ''): Promise<Answered> =>
  who.post(`/v1/cases/searches${query}`, terms, { key: null });
const found = async (terms: object, who?: Somebody, query?: string): Promise<readonly string[]> => {
  const { status, body } = await search(terms, who, query);
  expect({ status, body: status === 200 ? '' : body }).toEqual({ status: 200, body: '' });
  return (body as CasesFound).items.map(({ id }) => id);
};
const verified = '?purpose=handling-complaint';
const chen = { name: '陈 静怡', telephone: '+86 139-0013-9001', email: 'Jingyi.Chen@example.com', address: '解放路88号' };
const person = (which: number) => ({ name: `Person ${which}`, telephone: `+44 20 7946 ${1000 + which}`, email: `p${which}@example.org` });
const opened = async (matter: string) =>
  (await house.store.readStream(`opening-${matter}`)).map(({ by, data }) => ({ role: by.role, purpose: data['purpose'] }));

describe('The address of searches', () => {
  it('is no case of that name: it is told which method it knows', async () => {
    const { status, headers } = await house.jing.get('/v1/cases/searches');
    expect([status, headers['allow']]).toEqual([405, 'POST']);
  });
});

describe('A case', () => {
  let matter: string;
  beforeAll(async () => {
    ({ matter } = await house.received({}, 'quanpay', {
      narrative: { text: '凌晨两点有人从我的数字钱包转走了1280元' },
      complainant: chen,
    }));
    await house.received({}, 'quanpay', { narrative: { text: 'The merchant never delivered.' }, complainant: person(1) });
    await indexed();
  });

  it.each([
    { telephone: '0086 13900139001' },
    { telephone: '13900139001' },
    { email: ' jingyi.chen@EXAMPLE.com' },
    { name: '陈静怡' },
    { words: '数字钱包' },
    { words: '凌晨 1280元' },
    { name: '陈静怡', telephone: '13900139001', words: '转走' },
    { words: '钱包', category: 'account-taken-over', stage: 'opened' },
  ])('is found by %j', async (terms) => expect(await found(terms)).toContain(matter));

  it.each([
    { telephone: '13900139002', email: 'jingyi.chen@example.com' },
    { name: '陈静', words: '数字钱包' },
    { words: '数字钱包 商户' },
    { words: '钱包', category: 'payment-failed' },
    { words: '钱包', stage: 'closed' },
  ])('is not found by %j', async (terms) => expect(await found(terms)).not.toContain(matter));

  it('is found by its account, and by words of notes and contacts', async () => {
    const { account } = (await house.jing.get(`/v1/cases/${matter}`)).body as { account: string };
    await house.jing.post(`/v1/cases/${matter}/notes`, { text: 'Colleague suspects a lost handset' });
    await house.jing.post(`/v1/cases/${matter}/contacts`, {
      ...{ channel: 'telephone', direction: 'inbound', badge: '0417', agentName: '王小明' },
      ...{ text: '客户称手机遗失', proposedSolution: '先冻结账户' },
    });
    await indexed();
    expect(await found({ account })).toEqual([matter]);
    for (const words of ['handset', '手机遗失', '冻结账户', 'HANDSET 数字 遗失']) expect(await found({ words })).toEqual([matter]);
    // What a colleague is called is no way to a customer.
    expect(await found({ words: '王小明' })).toEqual([]);
  });

  it('is opened by whoever verifies, and by nobody else but the index', async () => {
    expect(await opened(matter)).not.toContainEqual({ role: 'agent', purpose: 'handling-complaint' });
    expect(await found({ name: '陈静怡', verify: true }, house.jing, verified)).toEqual([matter]);
    expect(await opened(matter)).toContainEqual({ role: 'agent', purpose: 'handling-complaint' });
    expect((await opened(matter)).filter(({ role }) => role === 'service').every(({ purpose }) => purpose === 'indexing')).toBe(true);
    expect(no(await search({ name: '陈静怡', verify: true }))).toEqual([400, 'request-invalid']);
    expect(no(await search({ name: '陈静怡', verify: true }, house.jing, '?purpose=audit'))).toEqual([403, 'purpose-not-allowed']);
  });

  it('that only looks alike is left out once it is verified', async () => {
    // Every token of this platform fits every other: what a search would find if all telephone numbers met.
    await house.store.pool.query(`insert into search_token select t.tenant, t.field, t.epoch, t.token, e.id, e."case", e.key
      from search_token t, search_entry e where t.field = 'telephone' and e."group" = 'complainant' and e.tenant = t.tenant on conflict do nothing`);
    const terms = { telephone: chen.telephone };
    expect((await found(terms)).length).toBeGreaterThan(1);
    expect(await found({ ...terms, verify: true }, house.jing, verified)).toEqual([matter]);
  });

  it('is found by its desk alone: not elsewhere, not without its skill, not by who has a conflict, not by customers and platforms', async () => {
    const terms = { name: '陈静怡' };
    expect(await found(terms, house.elsewhere)).toEqual([]);
    const unskilled = house.as({ sub: 'w-qi', role: 'agent', tenant: 'quanpay', skills: ['fees'] });
    expect(await found(terms, unskilled)).toEqual([]);
    expect(await found(terms, house.min)).toEqual([matter]);
    await house.min.post(`/v1/cases/${matter}/conflicts`, { agent: 'w-wei', conflict: 'complained-about' });
    expect(await found(terms, house.wei)).toEqual([]);
    for (const who of [house.customer, house.platform, house.as({ role: 'auditor', tenant: 'quanpay' })])
      expect(no(await search(terms, who))).toEqual([403, 'role-not-allowed']);
  });
});

describe('A search', () => {
  it('needs something to look for', async () => {
    expect(pointers(await search({}))).toEqual(['']);
    expect(pointers(await search({ stage: 'opened' }))).toEqual(['']);
    expect([...pointers(await search({ words: '元', email: 'nobody', telephone: '12' }))!].sort()).toEqual([
      '/email',
      '/telephone',
      '/words',
    ]);
  });

  it('is granted so often within an hour, to each person', async () => {
    const curious = house.as({ sub: 'w-curious', role: 'agent', tenant: 'quanpay', skills: [] });
    const allowed = await Promise.all(Array.from({ length: 20 }, () => index.mayAsk('quanpay', 'w-eager', 5)));
    const { rows } = await house.store.pool.query<{ asked: number }>(`select asked from search_asked where actor = 'w-eager'`);
    expect(rows.every(({ asked }) => asked <= 5)).toBe(true);
    expect(rows.reduce((sum, { asked }) => sum + asked, 0)).toBe(allowed.filter((wait) => wait === undefined).length);
    await house.store.pool.query(
      `insert into search_asked select 'quanpay', 'w-curious', date_trunc('hour', clock_timestamp()) + h * interval '1 hour', 120 from generate_series(0, 1) h`,
    );
    const refused = await search({ words: 'anything' }, curious);
    expect(no(refused)).toEqual([429, 'too-many-searches']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await search({ words: 'anything' }, house.wei)).status).toBe(200);
  });

  it('leaves nothing of what was looked for or found in any column', async () => {
    const looked = 'Wilhelmina.Featherstone@example.net';
    await found({ email: looked, words: 'featherstone' });
    const { rows: tables } = await owner.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`,
    );
    await owner.query('begin');
    for (const { name } of tables) await owner.query(`alter table ${name} no force row level security`);
    const texts: string[] = [];
    for (const { name } of tables)
      texts.push(
        (await owner.query<{ text: string | null }>(`select string_agg(t::text, '\n') as text from ${name} t`)).rows[0]!.text ?? '',
      );
    await owner.query('rollback');
    expect(texts.join('')).toContain('w-jing');
    for (const personal of ['featherstone', '陈', '13900139001', '39001390', chen.email.toLowerCase(), '数字', 'handset', '1280元'])
      expect([personal, tables.filter((_, at) => texts[at]!.toLowerCase().includes(personal)).map(({ name }) => name)]).toEqual([
        personal,
        [],
      ]);
  });
});

describe('What is forgotten', () => {
  it('is not found from that moment on, whoever indexes late, and found again when it is recalled', async () => {
    const { matter } = await house.received({}, 'quanpay', { narrative: { text: 'zebra umbrella' }, complainant: person(2) });
    await indexed();
    expect(await found({ words: 'zebra' })).toEqual([matter]);
    const { rows } = await house.store.pool.query<{ id: string; key: string }>('select id, key from search_entry where "case" = $1', [
      matter,
    ]);
    const { key } = rows[0]!;
    const keys = await house.privacy.indexes.of('quanpay', 'search');
    const late = rows.map(({ id }) => ({
      entry: id,
      tokens: [...keys[0]!.tokensIn('zebra').values()].map((token) => ({ field: 'word' as const, token })),
    }));
    // Late workers and the one who forgets, all at once: whoever comes last, nothing is left.
    const writing = () => index.keep(1, late);
    const [, , gone] = await Promise.all([writing(), writing(), forgetIndex(house.store.pool, [key]), writing(), writing()]);
    await writing();
    expect(gone).toBeGreaterThan(0);
    expect(await found({ words: 'zebra' })).toEqual([]);
    expect(await found({ telephone: person(2).telephone, verify: true }, house.jing, verified)).toEqual([]);
    expect((await house.store.pool.query('select from search_token where key = $1', [key])).rowCount).toBe(0);
    // A note of later is sealed under the same key.
    await house.jing.post(`/v1/cases/${matter}/notes`, { text: 'zebra again' });
    await indexed();
    expect(await found({ words: 'zebra' })).toEqual([]);
    expect(await forgetIndex(house.store.pool, [key])).toBe(0);
    await recallIndex(house.store.pool, [key]);
    await indexed();
    expect(await found({ words: 'zebra' })).toEqual([matter]);
  });

  it('stays forgotten when views are rebuilt, and what is not stays found', async () => {
    const kept = await house.received({}, 'quanpay', { narrative: { text: 'walrus parade' } });
    const gone = await house.received({}, 'quanpay', { narrative: { text: 'walrus picnic' } });
    await indexed();
    const { rows } = await house.store.pool.query<{ key: string }>('select key from search_entry where "case" = $1', [gone.matter]);
    await forgetIndex(
      house.store.pool,
      rows.map(({ key }) => key),
    );
    const { comparison } = await house.views.rebuild('caseload');
    expect(comparison.equal).toBe(true);
    expect(await found({ words: 'walrus' })).toEqual([kept.matter]);
  });
});

describe('A customer who is erased', () => {
  it('is found by nothing any more as soon as the order has reached this service, and what was sealed is still named', async () => {
    const { matter } = await house.received({}, 'quanpay', { narrative: { text: 'quartz violin' }, complainant: person(5) });
    await indexed();
    expect(await found({ words: 'quartz violin', name: person(5).name })).toEqual([matter]);
    const entries = async () =>
      (await house.store.pool.query<{ key: string }>('select id, key from search_entry where "case" = $1 order by id', [matter])).rows;
    const known = await entries();
    const keyring = new pg.Client({ connectionString: house.database.keyringOwnerUrl });
    await keyring.connect();
    for (const { key } of known) await keyring.query('select keyring.destroy($1, $2, $3)', ['quanpay', key, 'order-search']);
    await keyring.end();
    for (const over = Date.now() + 30_000; Date.now() < over; await pause(100))
      if ((await house.store.pool.query('select from search_token where "case" = $1', [matter])).rowCount === 0) break;
    for (const terms of [{ words: 'quartz' }, { words: 'violin' }, { telephone: person(5).telephone }, { email: person(5).email }])
      expect(await found(terms)).not.toContain(matter);
    expect(await entries()).toEqual(known);
    await indexed();
    expect(await found({ name: person(5).name, verify: true }, house.jing, verified)).toEqual([]);
  });
});

describe('Another epoch', () => {
  it('is begun when somebody asks for it; all is found meanwhile, made anew, and the old keys are destroyed', async () => {
    const { matter } = await house.received({}, 'quanpay', { narrative: { text: 'lighthouse keeper' }, complainant: person(3) });
    await indexed();
    const before = (
      await house.store.pool.query<{ tokens: number }>(`select count(*)::int as tokens from search_token where tenant = 'quanpay'`)
    ).rows[0]!.tokens;
    await house.store.pool.query(`insert into search_epoch (tenant, wanted) values ('quanpay', 2)`);
    const misses: unknown[] = [];
    for (let over = false, turn = 0; !over; turn++) {
      over = (await house.privacy.indexes.of('quanpay', 'search')).map(({ epoch }) => epoch).join() === '2';
      const somebody = house.as({ sub: `w-${turn}`, role: 'supervisor', tenant: 'quanpay' });
      const ids = await found({ words: 'lighthouse', telephone: person(3).telephone }, somebody);
      if (!ids.includes(matter)) misses.push(ids);
    }
    expect(misses).toEqual([]);
    const { rows } = await house.store.pool.query(
      `select epoch, count(*)::int as tokens from search_token where tenant = 'quanpay' group by epoch`,
    );
    expect(rows).toMatchObject([{ epoch: 2 }]);
    // Tokens meet or do not meet by chance; there are about as many as there were, not twice.
    expect(Math.abs((rows[0] as { tokens: number }).tokens - before)).toBeLessThan(before / 4 + 20);
  });
});

describe('npm run search', () => {
  const tool = fileURLToPath(new URL('../../../../tools/search.mjs', import.meta.url));
  const searching = (...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, DATABASE_LOG_URL: house.database.logUrl };
      execFile(process.execPath, [tool, ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr }),
      );
    });

  it('says how far everything can be found, and makes all of a platform anew', async () => {
    await house.received({}, 'tidepay', { narrative: { text: 'harbour lights' }, complainant: person(4) });
    await indexed();
    const standing = async () => (JSON.parse((await searching('status', '--tenant', 'tidepay', '--json')).text) as object[])[0];
    expect(await standing()).toMatchObject({ epoch: 1, groups: 2, found: 2, older: 0, unread: 0, forgotten: 0 });
    expect(await searching('reindex', '--tenant', 'tidepay')).toMatchObject({
      code: 0,
      text: expect.stringContaining('Everything of tidepay is found by epoch 2 alone'),
    });
    expect(await standing()).toMatchObject({ epoch: 2, groups: 2, found: 2, older: 0, unread: 0 });
    expect(await found({ words: 'lights' }, house.elsewhere)).toHaveLength(1);
    expect((await searching('status')).text).toMatch(/^quanpay: epoch 2, .*\ntidepay: epoch 2, 2 sealed groups/ms);
  });

  it('says in one sentence what it cannot do', async () => {
    for (const [args, sentence] of [
      [['reindex'], 'Say which platform'],
      [['reindex', '--tenant', 'nobody'], 'Nothing of nobody is sealed here'],
      [['look'], 'There is no command look'],
      [['status', '--wrong'], 'See: npm run search -- --help'],
    ] as const) {
      const { code, text } = await searching(...args);
      expect([code, text]).toEqual([1, expect.stringContaining(sentence)]);
      expect(text.trim().split('\n')).toHaveLength(1);
    }
    expect((await searching('--help')).code).toBe(0);
  });
});

describe('Two instances', () => {
  it('read each group once', async () => {
    const other = await serviceUnderTest(CaseTrackingModule, { service: 'case-tracking', beside: house });
    try {
      const matters = await Promise.all(
        Array.from({ length: 12 }, (_, at) => house.received({}, 'quanpay', { narrative: { text: `flamingo ${at}` } })),
      );
      await indexed();
      expect((await found({ words: 'flamingo' })).slice().sort()).toEqual(
        matters
          .map(({ matter }) => matter)
          .slice()
          .sort(),
      );
      for (const { matter } of matters) expect((await opened(matter)).filter(({ purpose }) => purpose === 'indexing')).toHaveLength(1);
    } finally {
      await other.close();
    }
  });
});
