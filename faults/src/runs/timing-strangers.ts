import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Findings } from '../checking/finding.js';
import { compared } from '../comparing.js';
import { Housed, type Timed, type Who } from '../housing.js';
import type { Given, Result, Run } from '../running.js';

const platform = { role: 'platform', sub: 'quanpay' } as const;
const supervisor = { role: 'supervisor', sub: 'supervisor-1' } as const;
const stranger = { role: 'customer', sub: 'customer-stranger' } as const;
const elsewhere = { role: 'agent', sub: 'agent-elsewhere', tenant: 'tidepay' } as const;

/** A question that a stranger asks of what is somebody else's, and of what is not there. */
type Question = {
  readonly name: string;
  readonly who: Who;
  readonly service: string;
  readonly url: (id: string) => string;
  readonly asked?: (id: string) => object;
  readonly theirs: readonly string[];
  readonly nowhere: () => string;
};

const { referenceFrom } = (await import(new URL('../../../contracts/dist/index.js', import.meta.url).href)) as {
  referenceFrom(prefix: 'C', random: Uint8Array): string;
};
const wallet = (): string => `wallet-${randomUUID().slice(0, 13)}`;
/** An id of the same kind and about the same age, which nobody was given. */
const beside = (id: string): string => id.slice(0, 24) + randomBytes(6).toString('hex');

/** What belongs to somebody: accounts with a code under way, cases with a receipt. */
const furnished = async (house: Housed, many: number) => {
  const made = async (who: Who, service: string, url: string, body: object) => {
    const answer = await house.ask(who, service, 'POST', url, body);
    if (answer.status >= 300) throw new Error(`${url} was answered with ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const [accounts, stepUps, cases, receipts]: [string[], string[], string[], string[]] = [[], [], [], []];
  for (let n = 0; n < many; n++) {
    const [account, subject] = [wallet(), `customer-${n}`];
    const route = { kind: 'email', address: 'owner@quanpay.example', language: 'en', subject };
    await made(platform, 'account-lock', `/v1/accounts/${account}/contact`, route);
    const { stepUp } = await made(platform, 'account-lock', '/v1/step-ups', {
      account,
      purpose: 'case-access',
      boundTo: '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22',
    });
    const told = { channel: 'telephone', account, subject, category: 'other', narrative: { text: 'It went wrong.' } };
    const { matter } = await made(supervisor, 'intake', '/v1/complaints', told);
    accounts.push(account);
    stepUps.push(stepUp as string);
    cases.push(matter as string);
  }
  for (const id of cases) {
    for (let tries = 0; (await house.ask(supervisor, 'case-tracking', 'GET', `/v1/cases/${id}/progress`)).status !== 200; tries++) {
      if (tries === 600) throw new Error('a complaint was received and no case came of it within a minute');
      await pause(100);
    }
    const said = { channel: 'telephone', direction: 'inbound', badge: '0417', agentName: 'Grace', text: 'We called.' };
    const { contacts } = await made(supervisor, 'case-tracking', `/v1/cases/${id}/contacts`, said);
    receipts.push((contacts as readonly { readonly receipt: string }[]).at(-1)!.receipt);
  }
  return { accounts, stepUps, cases, receipts };
};

const questionsOf = ({ accounts, stepUps, cases, receipts }: Awaited<ReturnType<typeof furnished>>): readonly Question[] => {
  const nowhere = { account: wallet, case: () => beside(cases[0]!), stepUp: () => beside(stepUps[0]!) };
  const account = { service: 'account-lock', theirs: accounts, nowhere: nowhere.account };
  const stepUp = { service: 'account-lock', theirs: stepUps, nowhere: nowhere.stepUp };
  const aCase = { theirs: cases, nowhere: nowhere.case };
  const purpose = 'case-access';
  return [
    { name: 'account', who: stranger, ...account, url: (id) => `/v1/accounts/${id}/protection` },
    {
      name: 'code asked',
      who: stranger,
      ...account,
      url: () => '/v1/step-ups',
      asked: (id) => ({ account: id, purpose, boundTo: '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22' }),
    },
    {
      name: 'code tried',
      who: stranger,
      ...stepUp,
      url: (id) => `/v1/step-ups/${id}/verification`,
      asked: () => ({ code: '000000' }),
    },
    { name: 'complaint', who: stranger, service: 'intake', ...aCase, url: (id) => `/v1/complaints/${id}` },
    { name: 'case', who: stranger, service: 'case-tracking', ...aCase, url: (id) => `/v1/cases/${id}/progress` },
    { name: 'case of another platform', who: elsewhere, service: 'case-tracking', ...aCase, url: (id) => `/v1/cases/${id}` },
    {
      name: 'receipt',
      who: stranger,
      service: 'case-tracking',
      url: (id) => `/v1/receipts/${id}/text`,
      theirs: receipts,
      nowhere: () => referenceFrom('C', randomBytes(8)),
    },
  ];
};

/** What differs between any two answers: when it was, which request it was, how many more are granted. */
const ownToEach = new Set(['date', 'x-request-id', 'request-id', 'ratelimit']);

/** What a stranger can read of an answer, without what he asked for and without the id of his request. */
const readable = ({ status, headers, text }: Timed, id: string) => ({
  status,
  body: text.replace(/("instance":)"[^"]*"/, '$1"…"').replaceAll(id, '…'),
  headers: JSON.stringify(Object.entries(headers).filter(([name]) => !ownToEach.has(name))).replaceAll(id, '…'),
});

/** The smallest step of the clock that the times are read from, in nanoseconds. */
const clockResolves = (): number => {
  const steps = Array.from({ length: 1_000 }, () => {
    const from = performance.now();
    let to = from;
    while (to === from) to = performance.now();
    return to - from;
  });
  return Math.round(Math.min(...steps) * 1e6);
};

type Heard = { readonly question: Question; readonly theirs: number[]; readonly nowhere: number[]; readonly differed: Set<string> };

const run = async (given: Given): Promise<Result> => {
  const house = await Housed.open(given.ground, { 'account-lock': 1, intake: 1, 'case-tracking': 1 });
  try {
    const pairs = given.long ? 1_000 : 150;
    const warmUp = 30;
    given.say('accounts, codes, cases and receipts of other customers are made');
    const questions = questionsOf(await furnished(house, given.long ? 50 : 20));
    const all = questions.map((question): Heard => ({ question, theirs: [], nowhere: [], differed: new Set() }));
    let [refused, otherwise, failed] = [0, 0, 0];
    const ask = async ({ who, service, url, asked }: Question, id: string) => {
      const answer = await house.timed(who, service, asked ? 'POST' : 'GET', url(id), asked?.(id));
      if (answer.status === 404) refused++;
      else if (answer.status >= 500) failed++;
      else otherwise++;
      return { ...answer, said: readable(answer, id) };
    };
    for (let n = -warmUp; n < pairs; n++) {
      if (n >= 0 && n % 50 === 0) given.say(`${n} of ${pairs} pairs of each question`);
      for (const { question, theirs, nowhere, differed } of all) {
        const ids = [given.drawing.one(question.theirs), question.nowhere()] as const;
        // Whoever is asked second profits from the first: each comes first as often.
        const first = given.drawing.between(0, 1) as 0 | 1;
        const one = await ask(question, ids[first]);
        const other = await ask(question, ids[first === 0 ? 1 : 0]);
        const [there, gone] = first === 0 ? [one, other] : [other, one];
        for (const part of ['status', 'body', 'headers'] as const) if (there.said[part] !== gone.said[part]) differed.add(part);
        if (n < 0) continue;
        theirs.push(there.took);
        nowhere.push(gone.took);
      }
    }
    const results = all.map(({ question: { name }, theirs, nowhere, differed }) => ({ name, differed, ...compared(nowhere, theirs) }));
    const micro = (ms: number): string => `${Math.round(ms * 1000)} µs`;
    return {
      did: `${pairs} pairs of ${questions.length} questions`,
      verdict: { ok: refused, failed: otherwise, unknown: failed, findings: new Findings() },
      figures: {
        ...Object.fromEntries(results.map(({ name, t, medianApart }) => [name, `t ${t.toFixed(2)} Δ median ${micro(medianApart)}`])),
        'clock resolves ns': clockResolves(),
      },
      claims: {
        'every stranger is answered with 404': otherwise === 0 && failed === 0,
        ...Object.fromEntries(
          results.flatMap(({ name, differed }) =>
            (['status', 'body', 'headers'] as const).map((part) => [`${name}: ${part} the same, there or not`, !differed.has(part)]),
          ),
        ),
        // A short form on a machine with other work has too few pairs to accuse anybody.
        ...(given.long &&
          Object.fromEntries(
            results.map(({ name, t, medianApart }) => [
              `${name}: not told by the time it takes`,
              !(Math.abs(medianApart) > 1 && Math.abs(t) > 4.5),
            ]),
          )),
      },
    };
  } finally {
    house.close();
  }
};

export const timingStrangers: Run = {
  name: 'timing',
  title: 'timing',
  does: 'Strangers ask for accounts, codes, cases and receipts of other customers and for such as do not exist, in turn (150 pairs; --long: 1,000).',
  holds: 'Status, headers and body are the same but for the id of the request; Welch’s t and the difference of the medians are told.',
  run,
};
