import { services, type ServiceName } from '@recourse/embedded';
import { afterAll, describe, expect, it } from '@jest/globals';
import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { Insisting, newTally } from './insisting.js';
import { tenants } from './gathering.js';
import { Inside } from './peeking.js';
import { newRun } from './seeding.js';
import { settled } from './settling.js';
import { everybody } from './signing-in.js';
import { freePorts, isOpen, kill, StandingApart } from './standing-apart.js';

const home = fs.mkdtempSync(path.join(tmpdir(), 'recourse-killing-'));
const seed = Number(process.env['RECOURSE_SEED'] ?? randomInt(2 ** 31));
const house = new StandingApart(home);
let inside: Inside | undefined;
const tally = newTally();

/** Small and repeatable (mulberry32): the same seed kills in the same order after the same pauses. */
const chance = (() => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
})();
const shuffled = <T>(all: readonly T[]): readonly T[] =>
  all
    .map((one) => ({ one, at: chance() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);

/** Outlives every process of the house, and counts how often each mail came. */
const mails = new Map<string, number>();
const mailbox = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  onData: (stream, _session, done) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    stream.on('end', () => {
      const id = /^Message-ID:\s*(\S+)/im.exec(text)?.[1] ?? 'without an id';
      mails.set(id, (mails.get(id) ?? 0) + 1);
      done();
    });
  },
});
mailbox.on('error', () => undefined); // the line to a killed service

const postmaster = (): number => Number(fs.readFileSync(path.join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
afterAll(async () => {
  tally.over = true;
  await inside?.close();
  await house.stop();
  await new Promise<void>((resolve) => mailbox.close(resolve));
  fs.rmSync(home, { recursive: true, force: true });
});

/** What one complaint leaves behind, to be looked for by its content. */
type Done = {
  readonly matter: string;
  readonly tenant: string;
  readonly account: string;
  readonly transaction: string;
  readonly said: string;
};

describe('Processes that are killed at any point lose and double nothing', () => {
  it(`services, the database, and the whole house (RECOURSE_SEED=${seed})`, async () => {
    const port = await freePorts();
    await new Promise<void>((resolve) => mailbox.listen(0, '127.0.0.1', resolve));
    const smtp = `smtp://127.0.0.1:${(mailbox.server.address() as AddressInfo).port}`;
    const { url, adminUrl } = await house.start(port, smtp);
    const who = everybody(url);
    const run = newRun();
    const done: Done[] = [];
    let enough = false;

    // One customer, his platform and his agent: complaint after complaint, each command until it is acknowledged.
    const living = async (tenant: (typeof tenants)[number], name: string): Promise<void> => {
      const subject = `customer-${run}-${name}`;
      const [platform, customer, agent] = [who.platform(tenant), who.customer(tenant, subject), who.staff(`${tenant}/agent`)].map(
        (one) => new Insisting(one, tally, chance),
      ) as [Insisting, Insisting, Insisting];
      const currency = { quanpay: 'CNY', tidepay: 'USD', harbour: 'GBP' }[tenant];
      for (let count = 0; !enough; count++) {
        const mark = `${run}-${name}-${count}`;
        const [account, transaction, said] = [`wallet-${mark}`, `transfer-${mark}`, `He called about ${mark}.`];
        await platform.post(`/v1/accounts/${account}/contact`, { kind: 'email', address: `${mark}@mail.example`, language: 'en', subject });
        const { matter } = await customer.post('/v1/complaints', {
          channel: 'app',
          account,
          category: 'account-taken-over',
          submit: true,
          narrative: { text: `Somebody took ${mark}.` },
          details: {
            account,
            transaction,
            occurredAt: { at: new Date(Date.now() - 3_600_000).toISOString() },
            amount: { currency, value: 100 },
          },
        });
        await agent.see(`/v1/cases/${matter}?wait=5`);
        const noun = `/v1/cases/${matter}`;
        await agent.post(`${noun}/contacts`, {
          channel: 'telephone',
          direction: 'inbound',
          badge: badges[tenant],
          agentName: 'A',
          text: said,
        });
        await customer.post(`${noun}/inquiries`);
        await agent.post(`${noun}/notes`, { text: `A note about ${mark}.` });
        await agent.post('/v1/payments', { transaction, matter, claimed: { currency, value: 100 } });
        await agent.post(`/v1/accounts/${account}/locks`, { scope: 'all' });
        done.push({ matter, tenant, account, transaction, said });
      }
    };
    const lives = Promise.all([...tenants, tenants[0]].map((tenant, at) => living(tenant, `n${'abcd'[at]}`)));
    let stopped: unknown;
    lives.catch((error: unknown) => (stopped = error));

    // One, two or three at a time, a moment apart; then the house has to get on with its work before the next ones go.
    let killed = 0;
    const victims = [...shuffled([...services, 'database' as const])];
    const progress = async (commands: number): Promise<void> => {
      const goal = tally.acknowledged + commands;
      while (tally.acknowledged < goal && !stopped) await pause(20);
      if (stopped) throw stopped;
      await pause(chance() * 300);
    };
    await progress(6);
    while (victims.length > 0) {
      for (const victim of victims.splice(0, 1 + Math.floor(chance() * 3))) {
        // It may be on its way up from the last time.
        while (!kill(victim === 'database' ? postmaster() : await house.pidOf(victim))) await pause(50);
        killed++;
        await pause(chance() * 600);
      }
      await progress(3 + Math.floor(chance() * 5));
    }
    house.killAll();
    const lastKill = new Date();
    while ((await Promise.all(Array.from({ length: 10 }, (_, at) => isOpen(port + at)))).some(Boolean)) await pause(50);
    await house.start(port, smtp);
    do await progress(10);
    while (done.length < 8);
    enough = true;
    await lives;

    inside = new Inside(adminUrl);
    // A key that was parked and in the hands of a process that died is taken up again when its lease of a minute has run out.
    await settled(inside, { sending: false, seconds: 240 });
    await mailsAreThrough(lastKill);
    process.stderr.write(
      `  seed ${seed}: ${killed} processes and the whole house killed; ${tally.acknowledged} commands for ${done.length} complaints acknowledged, ` +
        `${tally.asked} times asked, ${tally.lost} replies lost, ${tally.replayed} answers given again, ${mails.size} mails; ${JSON.stringify(tally.refused)}\n`,
    );
    expect(killed).toBe(services.length + 1);
    expect(done.length).toBeGreaterThanOrEqual(8);
    expect(tally.acknowledged).toBe(done.length * 7);
    expect(tally.replayed).toBeGreaterThan(0);

    await commandsTookEffectOnce(done);
    await everybodyWasToldOnce(done);
    await logsAreWhole();
    const [one] = shuffled(done);
    const read = await who.staff(`${one!.tenant}/agent`).see(`/v1/cases/${one!.matter}?purpose=handling-complaint`);
    expect(JSON.stringify(read)).toContain(one!.said);
  }, 540_000);
});

const badges = { quanpay: '0417', tidepay: '0210', harbour: '0107' } as const;

/** How often each value was found; a command that took effect twice counts two. */
const counted = async (service: ServiceName, what: string, where: string): Promise<ReadonlyMap<string, number>> => {
  const rows = await inside!.ask<{ found: string; times: number }>(
    service,
    `select ${what} as found, count(*)::int as times from log.event where ${where} group by 1`,
  );
  return new Map(rows.map(({ found, times }) => [found, times]));
};
const onceEach = (values: readonly string[], times = 1): ReadonlyMap<string, number> => new Map(values.map((value) => [value, times]));
const same = (found: ReadonlyMap<string, number>, wanted: ReadonlyMap<string, number>): void =>
  expect(Object.fromEntries([...found].sort())).toEqual(Object.fromEntries([...wanted].sort()));

const commandsTookEffectOnce = async (done: readonly Done[]): Promise<void> => {
  const cases = done.map(({ matter }) => `case-${matter}`);
  const accounts = done.map(({ tenant, account }) => `${tenant}-${account}`);
  // By content: what was asked for, whatever id it got.
  same(
    await counted('intake', `record->'data'->>'transaction'`, `type = 'ComplaintReceived'`),
    onceEach(done.map(({ transaction }) => transaction)),
  );
  same(
    await counted('case-tracking', `record->'data'->>'transaction'`, `type = 'CaseOpened'`),
    onceEach(done.map(({ transaction }) => transaction)),
  );
  same(await counted('case-tracking', 'stream', `type = 'CaseOpened'`), onceEach(cases));
  for (const type of ['ContactRecorded', 'ProgressInquired', 'NoteAdded'])
    same(await counted('case-tracking', 'stream', `type = '${type}'`), onceEach(cases));
  same(
    await counted('case-tracking', `record->'data'->>'transaction'`, `type = 'PaymentDisputed'`),
    onceEach(done.map(({ transaction }) => transaction)),
  );
  same(await counted('account-lock', `substr(stream, length('contact-') + 1)`, `type = 'RouteRegistered'`), onceEach(accounts));
  for (const cause of ['claim', 'agent'])
    same(
      await counted(
        'account-lock',
        `substr(stream, length('account-') + 1)`,
        `type = 'AccountLocked' and record->'data'->>'cause' = '${cause}'`,
      ),
      onceEach(accounts),
    );
};

const everybodyWasToldOnce = async (done: readonly Done[]): Promise<void> => {
  const planned = (template: string, by: string) =>
    counted('notification', `record->'data'->>'${by}'`, `type = 'NoticePlanned' and record->'data'->'template'->>'id' = '${template}'`);
  const matters = done.map(({ matter }) => matter);
  for (const template of ['case-opened', 'contact-receipt', 'payment-disputed']) same(await planned(template, 'matter'), onceEach(matters));
  same(
    await planned('account-locked', 'account'),
    onceEach(
      done.map(({ account }) => account),
      2,
    ),
  );

  // A mail may come twice where a try was cut off before it could say that it was done, and both times under the same Message-ID.
  const notices = await inside!.ask<{ id: string; tries: number; sent: number }>(
    'notification',
    `select substr(stream, length('notice-') + 1) as id, count(*) filter (where type = 'SendingStarted')::int as tries, count(*) filter (where type = 'NoticeSent')::int as sent
     from log.event where stream like 'notice-%' group by stream`,
  );
  for (const { id, tries, sent } of notices) {
    const came = [...mails].filter(([messageId]) => messageId.includes(id)).reduce((sum, [, times]) => sum + times, 0);
    expect({ id, sent, fine: sent <= 1 && came >= sent && came <= Math.max(tries, sent) }).toEqual({ id, sent, fine: true });
  }
  const known = notices.map(({ id }) => `notice-${id}@`);
  expect([...mails.keys()].filter((messageId) => !known.some((id) => messageId.includes(id)))).toEqual([]);

  // What the platforms may read: dense numbers, each message once.
  const feeds = await inside!.ask<{ stream: string; messages: number; different: number; last: number }>(
    'notification',
    `select stream, count(*)::int as messages, count(distinct record->'data'->>'message')::int as different, max(version) + 1 as last
     from log.event where stream like 'feed-%' group by stream`,
  );
  expect(feeds.length).toBe(tenants.length);
  for (const { stream, messages, different, last } of feeds)
    expect({ stream, different, last }).toEqual({ stream, different: messages, last: messages });
};

/** Positions without a gap, everywhere; and the notary has every record, with the same leaf. */
const logsAreWhole = async (): Promise<void> => {
  for (const service of services) {
    const records = await inside!.ask<{ position: string; leaf: string }>(
      service,
      `select position, encode(leaf, 'hex') as leaf from log.event order by position`,
    );
    expect(records.map(({ position }) => Number(position))).toEqual(records.map((_, at) => at));
    const noted = await inside!.ask<{ position: string; leaf: string }>(
      'audit',
      `select position, encode(leaf, 'hex') as leaf from heard_record where origin = $1 order by position`,
      [service],
    );
    expect({ service, noted }).toEqual({ service, noted: records });
  }
  expect(await inside!.ask('audit', 'select origin from heard_origin where stopped')).toEqual([]);
  expect(await inside!.ask('audit', 'select * from heard_gap')).toEqual([]);
  const [bus] = await inside!.ask<{ messages: string; last: string }>(
    'bus',
    'select count(*) as messages, max(position) + 1 as last from bus.message',
  );
  expect(bus!.messages).toBe(bus!.last);
};

/** Every mail is sent, but for those whose try died with its process: half a minute of silence has to pass before they are tried again. */
const mailsAreThrough = async (lastKill: Date): Promise<void> => {
  for (let looks = 0; looks < 600; looks++, await pause(100)) {
    const [row] = await inside!.ask<{ waiting: number }>(
      'notification',
      `select count(*)::int as waiting from notice where state = 'planned' or (state = 'sending' and "tryAt" > $1::timestamptz + interval '30 seconds')`,
      [lastKill],
    );
    if (row!.waiting === 0) return;
  }
  throw new Error('there are mails that nobody sends');
};
