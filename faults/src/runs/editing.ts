import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { verifyLog } from '@recourse/event-store';
import type pg from 'pg';
import { Findings } from '../checking/finding.js';
import { Housed, keys } from '../housing.js';
import type { Given, Result, Run } from '../running.js';
import { edits, type Edit, type Where } from '../tampering.js';

const platform = { role: 'platform', sub: 'quanpay' } as const;
const agent = { role: 'agent', sub: 'agent-1' } as const;
const operator = { role: 'operator', sub: 'operator-1' } as const;

/** Which tables are kept beside themselves in each database, to be put back after each edit. */
const keptIn = {
  log: ['log.event', 'log.sealed', 'relay.cursor'],
  audit: ['heard_record'],
  keyring: ['keyring.data_key', 'keyring.secret'],
} as const;
type Database = keyof typeof keptIn;
const databaseOf = ({ table }: Edit): Database => (table === 'heard_record' ? 'audit' : table.startsWith('keyring.') ? 'keyring' : 'log');
const copyOf = (table: string): string => `kept.${table.replace('.', '_')}`;

const putBack = async (client: pg.Client, database: Database): Promise<void> => {
  await client.query('begin');
  for (const table of keptIn[database]) {
    await client.query(`delete from ${table}`);
    await client.query(`insert into ${table} select * from ${copyOf(table)}`);
  }
  await client.query('commit');
};

/** What the product says of its own databases. */
const verified = async (house: Housed) => {
  const { verifyKeys, kmsOf, kekFrom } = await keys();
  const [log, audit] = [house.urlsOf('account-lock'), house.urlsOf('audit')];
  const {
    keys: named,
    shown,
    records,
  } = await verifyLog({
    logUrl: log['log']!,
    notary: { url: audit['log']!, service: 'account-lock' },
    patienceMs: 200,
  });
  const ofKeys = await verifyKeys({ keyringUrl: log['keyring']!, kms: kmsOf(kekFrom(house.kek)), keys: named });
  const places: Where[] = [
    ...shown.map(({ position, id }) => ({ ...(position !== null && { position }), ...(id !== undefined && { id }) })),
    ...ofKeys.map(({ key }) => ({ id: key, ...(named.has(key) && { position: named.get(key)!.position }) })),
  ];
  return { places, named, head: records - 1 };
};

const isNamed = (where: Where, places: readonly Where[]): boolean =>
  places.some(({ position, id }) => (where.position === undefined ? id === where.id : position === where.position));

/** Until something is true; a house that never gets there fails the run. */
const until = async (what: string, look: () => Promise<boolean>): Promise<number> => {
  const began = Date.now();
  while (!(await look())) {
    if (Date.now() - began > 60_000) throw new Error(`not within a minute: ${what}`);
    await pause(50);
  }
  return Date.now() - began;
};

const run = async (given: Given): Promise<Result> => {
  const house = await Housed.open(given.ground, { 'account-lock': 1, audit: 1 });
  const supers: pg.Client[] = [];
  try {
    given.say('a log with sealed groups is written and heard by the notary');
    const statuses: number[] = [];
    for (let n = 0; n < (given.long ? 60 : 20); n += 1) {
      const account = `wallet-${randomUUID().slice(0, 13)}`;
      const contact = { kind: 'email', address: `owner-${n}@quanpay.example`, language: 'en' };
      for (const { status } of [
        await house.ask(platform, 'account-lock', 'POST', `/v1/accounts/${account}/contact`, contact),
        await house.ask(agent, 'account-lock', 'POST', `/v1/accounts/${account}/locks`, { scope: 'outgoing' }),
      ])
        statuses.push(status);
    }
    const admin: Record<Database, pg.Client> = {
      log: await house.superuser(house.ownerOf('account-lock')),
      audit: await house.superuser(house.ownerOf('audit')),
      keyring: await house.superuser(house.urlsOf('account-lock')['keyring']!),
    };
    supers.push(...Object.values(admin));
    await until('the notary has heard everything', async () => {
      const { rows: own } = await admin.log.query<{ head: string }>('select max(position) as head from log.event');
      const { rows } = await admin.audit.query<{ next: string }>(`select next from heard_origin where origin = 'account-lock'`);
      const { rows: told } = await admin.log.query<{ position: string }>(`select position from relay.cursor where name = 'records'`);
      return Number(rows[0]?.next ?? 0) > Number(own[0]!.head) && told[0]?.position === own[0]!.head;
    });
    // Nobody is there to tell what is edited: the databases have to speak for themselves.
    await house.stop();
    for (const database of Object.keys(keptIn) as Database[]) {
      await admin[database].query('create schema kept');
      for (const table of keptIn[database]) await admin[database].query(`create table ${copyOf(table)} as table ${table}`);
    }
    const clean = await verified(house);

    const times = given.long ? 25 : 1;
    const unnoticed: string[] = [];
    let wrong = 0;
    for (const [n, edit] of edits.entries()) {
      if (n % 8 === 0) given.say(`${n} of ${edits.length} kinds of edits`);
      const database = databaseOf(edit);
      for (let time = 0; time < times; time += 1) {
        const tools = { client: admin[database], drawing: given.drawing, head: clean.head, keys: clean.named };
        const where = await edit.edit(tools);
        if (!isNamed(where, (await verified(house)).places)) unnoticed.push(`${edit.table}: ${edit.does} (${where.position ?? where.id})`);
        await putBack(admin[database], database);
      }
      if (n % 6 === 5) wrong += (await verified(house)).places.length;
    }
    wrong += (await verified(house)).places.length;
    for (const one of unnoticed) given.say(`NOT NOTICED ${one}`);

    given.say('a record is rewritten for good, and the log told again');
    await house.startAgain();
    const position = given.drawing.between(1, clean.head - 1);
    await edits[2]!.edit({ client: admin.log, drawing: { between: () => position } as never, head: clean.head, keys: clean.named });
    const rewound = await house.ask(operator, 'account-lock', 'POST', '/v1/operations/account-lock/relay/rewind', {
      cursor: 'records',
      position: 0,
      why: 'hearer-asks',
    });
    const stopped = await until('the notary stops', async () => {
      const { rows } = await admin.audit.query<{ stopped: boolean }>(`select stopped from heard_origin where origin = 'account-lock'`);
      return rows[0]?.stopped === true;
    });
    const fork = async () => {
      const { rows } = await admin.audit.query<{ position: string }>(
        `select record->'data'->>'position' as position from log.event where type = 'ForkSeen' order by position desc limit 1`,
      );
      return Number(rows[0]?.position ?? -1);
    };
    await until('the notary says where', async () => (await fork()) >= 0);
    const forked = await fork();
    const made = edits.length * times;
    return {
      did: `${made} edits of ${edits.length} kinds in ${new Set(edits.map(({ table }) => table)).size} tables`,
      verdict: {
        ok: statuses.filter((status) => status < 300).length + Number(rewound.status < 300),
        failed: statuses.filter((status) => status >= 300).length,
        unknown: 0,
        findings: new Findings(),
      },
      figures: {
        noticed: made - unnoticed.length,
        'records read': clean.head + 1,
        'wrongly noticed': wrong,
        'notary stopped after ms': stopped,
      },
      claims: {
        'every edit is noticed and its place named': unnoticed.length === 0,
        'nothing is noticed where nothing was edited': clean.places.length === 0 && wrong === 0,
        'a log that was rewritten and is told again is stopped by the notary, at the first record that differs': forked === position,
      },
    };
  } finally {
    for (const client of supers) await client.end();
    house.close();
  }
};

export const editing: Run = {
  name: 'F17',
  title: 'edits',
  does: 'A superuser edits, deletes, inserts and reorders rows of the log, of sealed groups, of the relay, of the keyring and of the notary’s copy, cuts a tail off and replaces it.',
  holds:
    'Every edit is noticed and its position named; nothing is noticed where nothing was edited; a rewritten log that is told again is stopped.',
  run,
};
