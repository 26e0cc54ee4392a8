import { eventually, type Answer, type AtTheFrontDoor, type Json } from './front.js';
import type { Markers } from './marking.js';
import { newRun } from './seeding.js';
import { everybody } from './signing-in.js';

/** One customer of tidepay's, the platform and an agent: what they tell, and what came of it. */
export type Confiding = {
  readonly markers: Markers;
  readonly run: string;
  readonly account: string;
  readonly platform: AtTheFrontDoor;
  readonly customer: AtTheFrontDoor;
  readonly agent: AtTheFrontDoor;
  /** Every body that was taken, with where it went. */
  readonly told: { readonly path: string; readonly body: Json }[];
  /** One-time codes, the right ones and the wrong ones. */
  readonly codes: string[];
  /** What was answered to whoever stated a purpose. */
  readonly opened: string[];
  readonly problems: Answer[];
};

const amount = { currency: 'USD', value: 4_200 };
const subjectOf = (run: string): string => `customer-${run}`;

/** Tells everything of himself that the API takes, each field with a marker; then the same where it must not be. */
export const confide = async (url: string, markers: Markers): Promise<Confiding> => {
  const [run, who, told] = [newRun(), everybody(url), [] as { path: string; body: Json }[]];
  const writingDown = (one: AtTheFrontDoor): AtTheFrontDoor => {
    const ask = one.ask.bind(one);
    one.ask = async (method, place, body, sending) => {
      const answer = await ask(method, place, body, sending);
      if (method === 'POST' && answer.status < 300) told.push({ path: place, body });
      return answer;
    };
    return one;
  };
  const one: Confiding = {
    ...{ markers, run, told, account: `wallet-${run}`, codes: [], opened: [], problems: [] },
    platform: writingDown(who.platform('tidepay')),
    customer: writingDown(who.customer('tidepay', subjectOf(run))),
    agent: writingDown(who.staff('grace-osei')),
  };
  await tellEverything(one);
  await tellWrongly(one);
  // The receiver of the webhooks is not there: nobody waits for it.
  for (const { endpoint } of (await one.platform.see('/v1/webhook-endpoints')).items)
    await one.platform.post(`/v1/webhook-endpoints/${endpoint}/disablement`);
  return one;
};

const person = (markers: Markers, who: string) => ({
  name: `${markers.word(`${who}: first name`)} ${markers.word(`${who}: last name`)}`,
  telephone: markers.telephone(`${who}: telephone`),
  email: markers.email(`${who}: e-mail`),
  address: `1 ${markers.word(`${who}: address`)} Street`,
});

const deviceOf = (markers: Markers, which: string): Json =>
  Object.fromEntries(
    ['model', 'system', 'identifier', 'networkAddress', 'place', 'description'].map((field) => [field, markers.word(`${which}: ${field}`)]),
  );

const upload = async ({ agent, markers }: Confiding, to: string, fields: Readonly<Record<string, string>>, what: string): Promise<Json> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([markers.content(`${what}: content`)], { type: 'text/plain' }), `${markers.word(`${what}: name`)}.txt`);
  return agent.post(to, form);
};

/** Everything personal the API takes, once. */
const tellEverything = async (one: Confiding): Promise<void> => {
  const { markers, run, account, platform, customer, agent } = one;
  const [subject, transaction] = [subjectOf(run), `payment-${run}`];
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
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
      device: { ...deviceOf(markers, 'device'), own: true },
    },
    complainant: { ...person(markers, 'complainant'), dateOfBirth: markers.remembered('complainant: date of birth', '1937-03-29') },
    representative: { ...person(markers, 'representative'), capacity: 'helper', scope: 'everything' },
  });
  const complaint = `/v1/complaints/${matter}`;
  await customer.post(`${complaint}/details`, {
    narrative: { text: `后来又说：${markers.remembered('narrative in Chinese', '青柠沙漏鹦鹉罗盘')}` },
    details: { device: deviceOf(markers, 'another device') },
  });
  await agent.post(`${complaint}/parties`, {
    complainant: {
      ...person(markers, 'complainant, again'),
      dateOfBirth: markers.remembered('complainant, again: date of birth', '1938-04-30'),
    },
    representative: { ...person(markers, 'second representative'), capacity: 'attorney', scope: 'informing' },
  });
  const first = await upload(one, `${complaint}/evidence`, { kind: 'chat-log' }, 'evidence');
  await upload(one, `/v1/evidence/${first.evidence}/redactions`, { why: 'third-party-data' }, 'redacted evidence');
  const kept = await upload(one, `${complaint}/evidence`, { kind: 'email' }, 'more evidence');
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
  const stepUp = await passedStepUp(one, 'refund-target', refund, email);
  await passedStepUp(one, 'case-access', matter, email);
  await customer.post(`/v1/refunds/${refund}/target`, { stepUp, target: markers.word('refund target') });

  // What is looked for is personal too, and is written down nowhere.
  await agent.post('/v1/cases/searches', {
    telephone: markers.telephone('/v1/cases/searches: telephone'),
    email: markers.email('/v1/cases/searches: e-mail'),
    name: `${markers.word('/v1/cases/searches: first name')} ${markers.word('/v1/cases/searches: last name')}`,
    account: markers.word('/v1/cases/searches: account'),
    words: markers.word('/v1/cases/searches: words'),
  });

  await openEverything(one, matter, refund, [kept.evidence], spoken.contacts.at(-1).receipt);
};

/** Asks for a code, reads it in the mail, types a wrong one first. */
const passedStepUp = async ({ customer, account, codes }: Confiding, purpose: string, boundTo: string, email: string): Promise<string> => {
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
const openEverything = async (
  one: Confiding,
  matter: string,
  refund: string,
  evidence: readonly string[],
  receipt: string,
): Promise<void> => {
  const { platform, customer, agent, account, opened } = one;
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
const tellWrongly = async ({ markers, account, platform, customer, agent, problems }: Confiding): Promise<void> => {
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
