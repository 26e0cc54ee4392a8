import { services } from '@recourse/embedded';
import { startRecourse, type Recourse } from '@recourse/embedded/starting';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually, type Answer, type AtTheFrontDoor, type Json } from './front.js';
import { contractsFolder, personalFields } from '@recourse/contracts';
import { pointersTo } from './describing.js';
import { playDisguised, type Disguised } from './disguising.js';
import { Markers, searchFor } from './marking.js';
import { databases, filesBelow, Inside } from './peeking.js';
import { newRun } from './seeding.js';
import { settled } from './settling.js';
import { everybody } from './signing-in.js';
import { unwalledTables } from './walling.js';

const home = fs.mkdtempSync(path.join(tmpdir(), 'recourse-canary-'));
const markers = new Markers();
const run = newRun();
const [account, subject, transaction] = [`wallet-${run}`, `customer-${run}`, `payment-${run}`];
const amount = { currency: 'USD', value: 4_200 };
const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
const codes: string[] = [];
const opened: string[] = [];
const problems: Answer[] = [];

/** Every body that was taken, with where it went. */
const told: { readonly path: string; readonly body: Json }[] = [];

let recourse: Recourse;
let inStories: Disguised;
let inside: Inside;
let platform: AtTheFrontDoor;
let customer: AtTheFrontDoor;
let agent: AtTheFrontDoor;

const person = (who: string) => ({
  name: `${markers.word(`${who}: first name`)} ${markers.word(`${who}: last name`)}`,
  telephone: markers.telephone(`${who}: telephone`),
  email: markers.email(`${who}: e-mail`),
  address: `1 ${markers.word(`${who}: address`)} Street`,
});

/** Writes down what somebody tells. */
const writingDown = (who: AtTheFrontDoor): AtTheFrontDoor => {
  const ask = who.ask.bind(who);
  who.ask = async (method, place, body, sending) => {
    const answer = await ask(method, place, body, sending);
    if (method === 'POST' && answer.status < 300) told.push({ path: place, body });
    return answer;
  };
  return who;
};

const deviceOf = (which: string): Json =>
  Object.fromEntries(
    ['model', 'system', 'identifier', 'networkAddress', 'place', 'description'].map((field) => [field, markers.word(`${which}: ${field}`)]),
  );

const upload = async (to: string, fields: Readonly<Record<string, string>>, what: string): Promise<Json> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([markers.content(`${what}: content`)], { type: 'text/plain' }), `${markers.word(`${what}: name`)}.txt`);
  return agent.post(to, form);
};

/** Everything personal the API takes, once. */
const tellEverything = async (): Promise<void> => {
  const email = markers.email('route: e-mail');
  await platform.post(`/v1/accounts/${account}/contact`, { kind: 'email', address: email, language: 'en', subject });
  await platform.post(`/v1/accounts/${account}/contact`, {
    kind: 'sms',
    address: markers.telephone('route: telephone'),
    language: 'en',
    subject,
  });
  await platform.post(`/v1/accounts/${account}/contact`, {
    kind: 'push',
    address: markers.word('route: token').repeat(2),
    language: 'en',
    subject,
  });
  const { secret } = await platform.post('/v1/webhook-endpoints', { url: 'http://127.0.0.1:9/nobody' });
  markers.remembered('webhook secret', secret.replace('whsec_', ''));

  const { matter } = await customer.post('/v1/complaints', {
    channel: 'app',
    account,
    category: 'payment-failed',
    narrative: { text: `It was ${markers.word('narrative')} again.` },
    details: {
      account,
      transaction,
      merchant: `merchant-${run}`,
      occurredAt: { at: anHourAgo },
      amount,
      device: { ...deviceOf('device'), own: true },
    },
    complainant: { ...person('complainant'), dateOfBirth: markers.remembered('complainant: date of birth', '1937-03-29') },
    representative: { ...person('representative'), capacity: 'helper', scope: 'everything' },
  });
  const complaint = `/v1/complaints/${matter}`;
  await customer.post(`${complaint}/details`, {
    narrative: { text: `后来又说：${markers.remembered('narrative in Chinese', '青柠沙漏鹦鹉罗盘')}` },
    details: { device: deviceOf('another device') },
  });
  await agent.post(`${complaint}/parties`, {
    complainant: {
      ...person('complainant, again'),
      dateOfBirth: markers.remembered('complainant, again: date of birth', '1938-04-30'),
    },
    representative: { ...person('second representative'), capacity: 'attorney', scope: 'informing' },
  });
  const first = await upload(`${complaint}/evidence`, { kind: 'chat-log' }, 'evidence');
  await upload(`/v1/evidence/${first.evidence}/redactions`, { why: 'third-party-data' }, 'redacted evidence');
  const kept = await upload(`${complaint}/evidence`, { kind: 'email' }, 'more evidence');
  await customer.post(`${complaint}/submission`);

  const noun = `/v1/cases/${matter}`;
  await agent.see(`${noun}?wait=10`);
  await agent.judge(noun, `${noun}/assignment`);
  const spoken = await agent.post(`${noun}/contacts`, {
    channel: 'telephone',
    direction: 'inbound',
    badge: '0210',
    agentName: markers.word('contact: agent'),
    text: `He said ${markers.word('contact: text')}.`,
    proposedSolution: `We ${markers.word('contact: solution')}.`,
  });
  await agent.post(`${noun}/notes`, { text: `Mind his ${markers.word('note')}.` });
  await agent.judge(noun, `${noun}/vulnerability`, { causedByOurFailure: false, detail: markers.word('vulnerability') });
  for (const channel of ['email', 'platform'])
    await agent.judge(noun, `${noun}/letters`, { kind: 'update', channel, text: `Dear ${markers.word(`letter by ${channel}`)}` });

  await agent.post('/v1/payments', { transaction, matter, claimed: amount });
  await platform.post(`/v1/payments/${transaction}/confirmation`, { paid: amount, occurredAt: anHourAgo });
  const { refund } = await agent.post('/v1/refunds', { payment: transaction, matter, amount, reason: 'other', path: 'platform' });
  const stepUp = await passedStepUp('refund-target', refund, email);
  await passedStepUp('case-access', matter, email);
  await customer.post(`/v1/refunds/${refund}/target`, { stepUp, target: markers.word('refund target') });

  // What is looked for is personal too, and is written down nowhere.
  await agent.post('/v1/cases/searches', {
    telephone: markers.telephone('/v1/cases/searches: telephone'),
    email: markers.email('/v1/cases/searches: e-mail'),
    name: `${markers.word('/v1/cases/searches: first name')} ${markers.word('/v1/cases/searches: last name')}`,
    account: markers.word('/v1/cases/searches: account'),
    words: markers.word('/v1/cases/searches: words'),
  });

  await openEverything(matter, refund, [kept.evidence], spoken.contacts.at(-1).receipt);
};

/** Asks for a code, reads it in the mail, types a wrong one first. */
const passedStepUp = async (purpose: string, boundTo: string, email: string): Promise<string> => {
  const { stepUp } = await customer.post('/v1/step-ups', { account, purpose, boundTo });
  const code = await eventually('the one-time code', async () => {
    const { mails } = await customer.see(`/dev/mail?to=${encodeURIComponent(email)}`);
    for (const { id } of mails) {
      const found = /\b(\d{6})\b/.exec((await customer.see(`/dev/mail/${id}`)).text)?.[1];
      if (found && !codes.includes(found)) return found;
    }
    return undefined;
  });
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  codes.push(code);
  await customer.ask('POST', `/v1/step-ups/${stepUp}/verification`, { code: wrong });
  codes.push(wrong);
  await customer.post(`/v1/step-ups/${stepUp}/verification`, { code });
  return stepUp;
};

/** It is all there, for whoever says for which purpose. */
const openEverything = async (matter: string, refund: string, evidence: readonly string[], receipt: string): Promise<void> => {
  const handling = 'purpose=handling-complaint';
  const notice = await eventually('the letter for the platform', async () =>
    (await platform.see(`/v1/notices?case=${matter}&state=handed-over`)).items.find(({ letter }: Json) => letter),
  );
  const places: readonly (readonly [AtTheFrontDoor, string])[] = [
    ...[`/v1/complaints/${matter}?${handling}`, `/v1/cases/${matter}?${handling}`, `/v1/refunds/${refund}?${handling}`].map(
      (place) => [agent, place] as const,
    ),
    [platform, `/v1/accounts/${account}/contact?${handling}`],
    [customer, `/v1/receipts/${receipt}/text?purpose=own-data`],
    [platform, `/v1/notices/${notice.notice}/words?purpose=informing-customer`],
    ...evidence.flatMap((id) =>
      [`/v1/evidence/${id}?${handling}`, `/v1/evidence/${id}/content?${handling}`].map((place) => [agent, place] as const),
    ),
  ];
  for (const [by, place] of places) opened.push(JSON.stringify(await by.see(place)));
};

/** The same things in places where they must not be, or so that they are refused. */
const tellWrongly = async (): Promise<void> => {
  const [telephone, email, word] = [markers.telephone('wrong: telephone'), markers.email('wrong: e-mail'), markers.word('wrong: word')];
  const draft = (change: object) => ({ channel: 'app', narrative: { text: word }, ...change });
  const asked: readonly (readonly [string, string, unknown?, Readonly<Record<string, string>>?])[] = [
    [
      'POST',
      '/v1/complaints',
      draft({ complainant: { telephone: telephone.repeat(5), email: email.repeat(30), name: 7, dateOfBirth: word } }),
    ],
    ['POST', '/v1/complaints', draft({ account: telephone })],
    ['POST', '/v1/complaints', draft({ subject: email })],
    ['POST', '/v1/complaints', draft({ category: word })],
    ['POST', '/v1/complaints', draft({ whatever: word })],
    ['POST', '/v1/complaints', draft({ narrative: { text: `${word}\u0000` } })],
    ['POST', '/v1/complaints', draft({ details: { occurredAt: { at: word, zone: word }, amount: { currency: word, value: word } } })],
    ['POST', '/v1/complaints', draft({ complainant: { name: word, dateOfBirth: '2024-01-01' } })],
    ['POST', '/v1/complaints', `{"channel": "app", "narrative": {"text": "${word}"`, { 'content-type': 'application/json' }],
    ['POST', '/v1/complaints', word, { 'content-type': `text/${word}` }],
    ['POST', '/v1/unlock-requests', { account, locks: [word] }],
    ['POST', `/v1/accounts/${account}/contact`, { kind: 'email', address: telephone, language: 'en' }],
    ['POST', `/v1/accounts/${account}/contact`, { kind: 'sms', address: email, language: 'en' }],
    ['GET', `/v1/accounts/${encodeURIComponent(telephone)}/permissions?operation=pay`],
    ['GET', `/v1/accounts/${encodeURIComponent(email)}/protection`],
    ['GET', `/v1/cases?reference=${word}&account=${encodeURIComponent(telephone)}`],
    ['GET', `/v1/cases/${word}?purpose=${word}`],
    ['GET', `/v1/${word}?x=${encodeURIComponent(email)}`],
    ['GET', `/v1/receipts/${encodeURIComponent(email)}/text`],
    [
      'GET',
      '/v1/queues',
      undefined,
      {
        'x-request-id': email,
        'user-agent': word,
        referer: `https://x.example/?${word}`,
        traceparent: word,
        'accept-language': word,
        'if-none-match': word,
      },
    ],
    ['POST', '/v1/queues', undefined, { 'idempotency-key': `${word} ${email}` }],
    [word.toUpperCase().slice(0, 10), '/v1/queues'],
  ];
  for (const [method, place, body, headers] of asked)
    for (const by of [agent, platform]) problems.push(await by.ask(method, place, body, { ...(headers && { headers }) }));
  const { matter } = await customer.post('/v1/complaints', {
    channel: 'app',
    account,
    narrative: { text: markers.word('discarded narrative') },
  });
  const form = new FormData();
  form.append('remark', email);
  form.append('file', new Blob(['%PDF-1.7\n', word], { type: 'image/png' }), `${word}.png`);
  problems.push(await customer.ask('POST', `/v1/complaints/${matter}/evidence`, form));
};

beforeAll(async () => {
  // What the services put aside for a moment is looked through as well.
  fs.mkdirSync(path.join(home, 'tmp'));
  recourse = await startRecourse({ home, environment: { TMPDIR: path.join(home, 'tmp'), RECOURSE_LOG_LEVEL: 'debug' } });
  inside = new Inside(recourse.adminUrl);
  const who = everybody(recourse.url);
  [platform, customer, agent] = [who.platform('tidepay'), who.customer('tidepay', subject), who.staff('grace-osei')].map(writingDown) as [
    AtTheFrontDoor,
    AtTheFrontDoor,
    AtTheFrontDoor,
  ];
  inStories = await playDisguised(recourse.url, markers);
  await tellEverything();
  await tellWrongly();
  // The receiver of the webhooks is not there: nobody waits for it.
  for (const { endpoint } of (await platform.see('/v1/webhook-endpoints')).items)
    await platform.post(`/v1/webhook-endpoints/${endpoint}/disablement`);
  await settled(inside);
});

afterAll(async () => {
  await inside?.close();
  await recourse?.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

/** Times of day have six digits behind the second, and those may be anything. */
const withoutTimes = (text: string): string => text.replaceAll(/\d\d:\d\d:\d\d(\.\d+)?/g, '').replaceAll(/"time":\d+/g, '');
const codesIn = (text: string): readonly string[] =>
  codes.filter((code) => new RegExp(`(?<![0-9a-z.])${code}(?![0-9a-z])`, 'i').test(withoutTimes(text)));

/** The fields that were told with a marker in them, as the description names them: `/v1/cases/{id}/notes/text`. */
const markersIn = (bodies: typeof told): readonly string[] =>
  bodies.flatMap(({ path: place, body }) => {
    const noun = place.replaceAll(/\/([0-9a-f]{8}-[0-9a-f-]{27})(?=\/)/g, '/{id}').replace(`/accounts/${account}/`, '/accounts/{account}/');
    const isMarked = (value: unknown): boolean => markers.all.some(({ text }) => String(value).includes(text));
    return pointersTo(body, isMarked).map((pointer) => noun + pointer);
  });

describe('What somebody told us of himself stands nowhere but in sealed groups', () => {
  it('was told, and can be read for a purpose', () => {
    const found = searchFor(markers.all.filter(({ field }) => !/^(wrong|discarded|webhook|\/v1\/)|hashed|redact|^evidence: /.test(field)));
    const fields = [
      ...new Set(
        markers.all.map(({ field }) => field).filter((field) => !/^(wrong|discarded|webhook|\/v1\/)|hashed|redact|^evidence: /.test(field)),
      ),
    ];
    const shown = found(opened.join('\n'));
    expect(fields.filter((field) => !shown.includes(field))).toEqual([]);
    expect(fields.length).toBeGreaterThan(30);
    expect(codes.length).toBe(4);
  });

  it('in every field of the API in which one can write what one likes', async () => {
    const description = await platform.see('/openapi.json');
    const marked = markersIn(told);
    const declared = JSON.parse(fs.readFileSync(contractsFolder('privacy/personal-fields.json'), 'utf8')) as Record<string, string>;
    // A pseudonym, the name of a platform, one of a closed list: what is declared to be nobody's. What somebody looks for is somebody's.
    const isOfNobody = (field: string): boolean => /^open:(?!looked-for)/.test(declared[field] ?? '');
    const unmarked = personalFields(description).filter((field) => !isOfNobody(field) && !marked.includes(field));
    expect(unmarked).toEqual([]);
    expect(marked.length).toBeGreaterThan(30);
  });

  it('in the three stories, each of them with a marker of its own', () => {
    expect(inStories.fields.size).toBeGreaterThan(8);
    for (const part of [
      'narrative/text',
      'contacts/text',
      'contacts/agentName',
      'letters/text',
      'notes/text',
      'contact/address',
      'evidence/file',
    ])
      expect([...inStories.fields].filter((field) => field.endsWith(part))).not.toEqual([]);
    // Whoever stated a purpose read them.
    expect(searchFor(markers.all)(inStories.opened.join('\n')).length).toBeGreaterThan(2);
  });

  it('would be found as text, as bytes, escaped, and inside base64', () => {
    const text = JSON.stringify({ before: 'x', all: markers.all.map(({ text }) => `(${text})`) });
    const fields = [...new Set(markers.all.map(({ field }) => field))];
    const escaped = text.replaceAll(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16)}`);
    for (const disguised of [
      text,
      escaped,
      Buffer.from(text).toString('hex'),
      Buffer.from(text).toString('base64'),
      Buffer.from(text).toString('base64url'),
      encodeURIComponent(text),
    ])
      expect([...searchFor(markers.all)(disguised)].sort()).toEqual([...fields].sort());
    expect(codesIn(`{"time":1,"a":"${codes[0]}"} ${codes[1]}`)).toEqual(codes.slice(0, 2));
  });

  it('in no column of any table', async () => {
    const search = searchFor(markers.all);
    let rows = 0;
    for (const database of databases)
      for (const table of await inside.tables(database)) {
        const texts = (await inside.ask<{ row: string }>(database, `select t::text as row from ${table} t`)).map(({ row }) => row);
        rows += texts.length;
        for (const text of texts)
          expect({ database, table, found: search(text), codes: codesIn(text) }).toEqual({ database, table, found: [], codes: [] });
      }
    process.stderr.write(`  ${markers.all.length} markers and ${codes.length} codes are in none of ${rows} rows\n`);
    expect(rows).toBeGreaterThan(300);
  });

  it('behind a wall in every table that has a tenant, and a table without one is noticed', async () => {
    const unwalled = async () => (await Promise.all(databases.map((database) => unwalledTables(inside, database)))).flat();
    expect(await unwalled()).toEqual([]);
    await inside.ask(
      'intake',
      `create table public.hearsay (tenant text not null, what text); grant select on public.hearsay to intake_web`,
    );
    await inside.ask('audit', `create table public.rumour (id uuid); grant select on public.rumour to audit_web`);
    expect(await unwalled()).toEqual(['intake: public.hearsay', 'audit: public.rumour']);
    await inside.ask('intake', 'drop table public.hearsay');
    await inside.ask('audit', 'drop table public.rumour');
  });

  it('in no metric', async () => {
    const search = searchFor(markers.all);
    for (const service of services) {
      const metrics = await (await fetch(`http://127.0.0.1:${recourse.ports[service]}/metrics`)).text();
      expect(metrics).toContain('recourse_log_head');
      expect({ service, found: search(metrics), codes: codesIn(metrics) }).toEqual({ service, found: [], codes: [] });
    }
  });

  it('in no problem document', () => {
    const search = searchFor(markers.all);
    const refused = problems.filter(({ status }) => status >= 400);
    expect(refused.length).toBeGreaterThan(problems.length * 0.8);
    for (const { status, headers, body } of problems)
      expect({ status, body, found: search(JSON.stringify([body, [...headers]])) }).toEqual({ status, body, found: [] });
  });

  it('in no file: no log, no evidence, nothing put aside, nothing the database keeps', async () => {
    // Whatever was still in memory is written down.
    await inside.close();
    await recourse.stop();
    const search = searchFor(markers.all);
    const files = filesBelow(home);
    expect(files.filter((file) => file.endsWith('.log')).length).toBeGreaterThan(services.length);
    expect(files.filter((file) => file.includes('pg_wal')).length).toBeGreaterThan(0);
    for (const file of files) {
      const bytes = fs.readFileSync(file);
      const ofTheDatabase = path.relative(home, file).startsWith('postgres');
      const found = ofTheDatabase
        ? markers.stems.filter((stem) => bytes.includes(stem))
        : [...search(bytes.toString()), ...codesIn(bytes.toString())];
      expect({ file: path.relative(home, file), found }).toEqual({ file: path.relative(home, file), found: [] });
    }
  });
});
