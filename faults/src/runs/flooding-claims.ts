import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { askedOf, streamsIn, type Kept } from '../checking/reading.pg.js';
import type { Answer, Housed, Who } from '../housing.js';
import type { Given, Result } from '../running.js';

const platform = { role: 'platform', sub: 'quanpay' } as const;
const agent = { role: 'agent', sub: 'agent-1' } as const;
const supervisor = { role: 'supervisor', sub: 'supervisor-1' } as const;
const customer = (sub: string): Who => ({ role: 'customer', sub });

type Flood = Pick<Result, 'figures'> & {
  readonly reports: number;
  readonly answers: readonly Answer[];
  readonly claims: NonNullable<Result['claims']>;
};

const [reporters, portion] = [50, 10];
/** What account-lock writes down in a day of unproved words: of one reporter about one account, and of everybody about it. */
const [ofOneReporter, ofEverybody] = [3, 20];
/** The complaints whose word, if it is the holder's, locks. */
const dangers = ['account-taken-over', 'scam', 'device-lost'] as const;

/** Fifty customers say again and again that somebody else's account is in danger, to shut its holder out; then the holder says it himself. */
export const floodOfClaims = async (house: Housed, given: Given): Promise<Flood> => {
  const reports = given.long ? 1_000 : 100;
  const own = randomUUID().slice(0, 8);
  const [victim, beside, holder] = [`wallet-victim-${own}`, `wallet-beside-${own}`, `holder-${own}`];
  const reporter = (n: number): string => `reporter-${own}-${n % reporters}`;
  const answers: Answer[] = [];
  const ask = async (...asked: Parameters<Housed['ask']>): Promise<Answer> => {
    const answer = await house.ask(...asked);
    answers.push(answer);
    return answer;
  };
  const route = { kind: 'email', address: 'holder@quanpay.example', language: 'en' };
  const register = (account: string, subject: string) =>
    ask(platform, 'account-lock', 'POST', `/v1/accounts/${account}/contact`, { ...route, subject });
  /** By a customer's own token; or told on the telephone, to an agent who has not asked who it is. */
  const report = (account: string, subject: string, n: number): Promise<Answer> => {
    const told = { account, category: dangers[n % dangers.length], narrative: { text: 'This wallet is in other hands.' } };
    return n % 4 === 3
      ? ask(agent, 'intake', 'POST', '/v1/complaints', { ...told, channel: 'telephone', subject })
      : ask(customer(subject), 'intake', 'POST', '/v1/complaints', { ...told, channel: 'app', submit: true });
  };
  const mayPay = async (account: string, n: number): Promise<boolean> => {
    const { body } = await ask(platform, 'account-lock', 'GET', `/v1/accounts/${account}/permissions?operation=pay`, {}, { n });
    return body['allowed'] === true;
  };

  await register(victim, holder);
  for (let n = 0; n < reporters; n++) await register(`wallet-${reporter(n)}`, reporter(n));
  let shut = 0;
  for (let from = 0; from < reports; from += portion) {
    if (from % 50 === 0) given.say(`${from} of ${reports} reports by ${reporters} customers against one account`);
    await Promise.all(Array.from({ length: portion }, (_, n) => report(victim, reporter(from + n), from + n)));
    if (!(await mayPay(victim, from / portion))) shut++;
  }
  await Promise.all(Array.from({ length: portion }, (_, n) => report(beside, reporter(0), n)));
  const heard = (await heardAbout(house, victim, reports)) + (await heardAbout(house, beside, portion));
  await atRest(house);
  if (!(await mayPay(victim, 1))) shut++;
  const flooded = await streamsIn(house.ownerOf('account-lock'));

  given.say('the holder reports it himself, and proves who he is');
  const { matter } = (await report(victim, holder, 0)).body;
  await heardAbout(house, victim, reports + 1);
  const locked = (await streamsIn(house.ownerOf('account-lock'))).get(`account-quanpay-${victim}`)!.filter(isLock);
  const paysLocked = await mayPay(victim, 0);
  const asked = await ask(customer(holder), 'account-lock', 'POST', '/v1/unlock-requests', { account: victim });
  const request = `/v1/unlock-requests/${String(asked.body['request'])}`;
  const proof = { kind: 'video-identification', result: 'accepted' };
  const { etag } = await ask(platform, 'account-lock', 'POST', `${request}/proofs`, proof);
  await ask(supervisor, 'account-lock', 'POST', `${request}/decision`, { outcome: 'approved' }, { ifMatch: etag });
  const paysAgain = await mayPay(victim, 1);

  const words = (account: string) => (flooded.get(`account-quanpay-${account}`) ?? []).filter(({ type }) => type === 'AccountWatched');
  const fromFlood = [...flooded].flatMap(([stream, past]) => (stream.includes(own) ? past.filter(isLock) : []));
  const everyLock = [...fromFlood, ...locked];
  const cases = [...(await streamsIn(house.ownerOf('case-tracking'))).values()].flat().filter(({ type }) => type === 'CaseOpened');
  return {
    reports,
    answers,
    figures: {
      'locks by others': fromFlood.length,
      'words written down': words(victim).length,
      'of one reporter at most': Math.max(mostOfOne(words(victim)), mostOfOne(words(beside))),
      'times the victim could not pay': shut,
    },
    claims: {
      'every report was taken, and everybody was answered': answers.every(({ status }) => status < 300),
      'every report was heard by the account’s guardian, and none waits': heard === reports + portion && (await parkedKeys(house)) === 0,
      'every report has its case all the same': cases.length === reports + portion + 1,
      'no word of another locks, however often it is said': fromFlood.length === 0,
      'the victim pays all the while': shut === 0,
      'of one reporter no more is written down than the quota': mostOfOne(words(victim)) <= ofOneReporter,
      'of one reporter as much is written down as the quota': words(beside).length === ofOneReporter,
      'of everybody no more is written down about an account than the quota': words(victim).length === ofEverybody,
      'the holder’s own word locks': locked.length === 1 && locked[0]!.data['matter'] === matter && !paysLocked,
      'no lock is of everything, and each ends by itself': everyLock.every(
        ({ data }) => data['scope'] === 'outgoing' && typeof data['until'] === 'string',
      ),
      'the holder undoes it with a strong proof': paysAgain,
    },
  };
};

const isLock = ({ type }: Kept): boolean => type === 'AccountLocked';

/** How many words of them the busiest reporter has said. */
const mostOfOne = (words: readonly Kept[]): number => {
  const counts = new Map<string, number>();
  for (const { data } of words) counts.set(String(data['reporter']), (counts.get(String(data['reporter'])) ?? 0) + 1);
  return Math.max(0, ...counts.values());
};

/** How many messages about an account its guardian remembers to have heard, once that are so many or no more come. */
const heardAbout = async (house: Housed, account: string, many: number): Promise<number> => {
  for (let [tries, last] = [0, 0]; ; tries++) {
    const [row] = await askedOf<{ heard: number }>(
      house.ownerOf('account-lock'),
      `select count(*)::int as heard from log.request_key where kind = 'heard' and starts_with(key, 'account-lock-protection:') and right(key, length($1)) = $1`,
      [`:account-quanpay-${account}`],
    );
    const { heard } = row!;
    if (heard >= many || tries === 600) return heard;
    if (heard > last) [tries, last] = [0, heard];
    await pause(100);
  }
};

const inside = ['intake', 'case-tracking', 'account-lock'] as const;

const parkedKeys = async (house: Housed): Promise<number> => {
  const rows = inside.map((service) => askedOf<{ n: number }>(house.ownerOf(service), 'select count(*)::int as n from relay.parked_key'));
  return (await Promise.all(rows)).reduce((sum, [row]) => sum + row!.n, 0);
};

/** Waits until everything is told and heard, twice in a row: what follows from a complaint may follow through its case, too. */
const atRest = async (house: Housed): Promise<void> => {
  for (let [tries, calm] = [0, 0]; calm < 2; tries++) {
    if (tries === 600) throw new Error('what was said between the services was not heard within minutes');
    const untold = inside.map((service) =>
      askedOf(house.ownerOf(service), 'select name from relay.cursor where position < (select max(position) from log.event)'),
    );
    const unheard = askedOf(
      house.busUrl,
      `select c.topic from bus.cursor c
       where c.position < (select max(m.position) from bus.message m where m.topic = c.topic and m.partition = c.partition)`,
    );
    const waits = (await Promise.all([...untold, unheard])).flat();
    calm = waits.length === 0 ? calm + 1 : 0;
    await pause(200);
  }
};
