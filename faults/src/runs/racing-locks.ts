import { createHmac, hkdfSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Findings } from '../checking/finding.js';
import { streamsIn, type Kept } from '../checking/reading.pg.js';
import { Housed, type Answer } from '../housing.js';
import type { Given, Result, Run } from '../running.js';
import { floodOfClaims } from './flooding-claims.js';

const platform = { role: 'platform', sub: 'quanpay' } as const;
const agent = { role: 'agent', sub: 'agent-1' } as const;
const supervisor = { role: 'supervisor', sub: 'supervisor-1' } as const;

/** A code that was asked for, found by whoever has the key: of a million digits the one whose keyed hash stands in the record. */
const askedCode = async (house: Housed): Promise<{ account: string; stepUp: string; code: string }> => {
  const account = `wallet-${randomUUID().slice(0, 13)}`;
  await house.ask(platform, 'account-lock', 'POST', `/v1/accounts/${account}/contact`, {
    kind: 'email',
    address: 'owner@quanpay.example',
    language: 'en',
  });
  const boundTo = '019a9c3e-7d11-7c44-9b5e-2f6f3d0a1b22';
  const { body } = await house.ask(platform, 'account-lock', 'POST', '/v1/step-ups', { account, purpose: 'case-access', boundTo });
  const stepUp = body['stepUp'] as string;
  const asked = (await streamsIn(house.ownerOf('account-lock'))).get(`step-up-quanpay-${account}`)![0]!;
  const key = new Uint8Array(hkdfSync('sha256', await house.secret(), new Uint8Array(0), 'recourse/account-lock/one-time-codes/v1', 32));
  for (let n = 0; n < 1_000_000; n++) {
    const code = String(n).padStart(6, '0');
    if (createHmac('sha256', key).update(`${stepUp}\n${code}`).digest('base64url') === asked.data['mac']) return { account, stepUp, code };
  }
  throw new Error('no six digits have the hash that was recorded');
};

const tally = (answers: readonly Answer[]) => ({
  ok: answers.filter(({ status }) => status < 300).length,
  failed: answers.filter(({ status }) => status >= 300 && status < 500).length,
  unknown: answers.filter(({ status }) => status >= 500).length,
});

const run = async (given: Given): Promise<Result> => {
  const house = await Housed.open(given.ground, { 'account-lock': 2, intake: 1, 'case-tracking': 1 });
  try {
    const answers: Answer[] = [];
    const all = async (many: number, one: (n: number) => Promise<Answer>): Promise<readonly Answer[]> => {
      const got = await Promise.all(Array.from({ length: many }, (_, n) => one(n)));
      answers.push(...got);
      return got;
    };
    given.say('200 guesses at once, then 100 times the right code');
    const guessed = await askedCode(house);
    const verify = (stepUp: string, code: string, n: number) =>
      house.ask(platform, 'account-lock', 'POST', `/v1/step-ups/${stepUp}/verification`, { code }, { n });
    await all(200, (n) => verify(guessed.stepUp, String((Number(guessed.code) + 1 + n) % 1_000_000).padStart(6, '0'), n));
    const right = await askedCode(house);
    const passes = (await all(100, (n) => verify(right.stepUp, right.code, n))).filter(({ status }) => status === 200).length;

    const races = given.long ? 1_000 : 100;
    const accounts = Array.from({ length: races }, () => `wallet-${randomUUID().slice(0, 13)}`);
    const portion = 10;
    for (let from = 0; from < races; from += portion) {
      if (from % 50 === 0) given.say(`${from} of ${races} races of a lock against an unlock`);
      await all(portion, async (n) => {
        const account = accounts[from + n]!;
        const lock = (who: typeof agent, at: number) =>
          house.ask(who, 'account-lock', 'POST', `/v1/accounts/${account}/locks`, { scope: 'outgoing' }, { n: at });
        await lock(agent, 0);
        const asked = await house.ask(platform, 'account-lock', 'POST', '/v1/unlock-requests', { account });
        const request = `/v1/unlock-requests/${String(asked.body['request'])}`;
        const proof = { kind: 'video-identification', result: 'accepted' };
        const { etag } = await house.ask(agent, 'account-lock', 'POST', `${request}/proofs`, proof);
        const [unlocked, locked] = await Promise.all([
          house.ask(supervisor, 'account-lock', 'POST', `${request}/decision`, { outcome: 'approved' }, { ifMatch: etag }),
          lock(agent, 1),
        ]);
        answers.push(unlocked);
        return locked;
      });
    }
    const streams = await streamsIn(house.ownerOf('account-lock'));
    let [unlockWon, openAfterLock, misled] = [0, 0, 0];
    for (const [n, account] of accounts.entries()) {
      const past = streams.get(`account-quanpay-${account}`) ?? [];
      const number = ({ data }: Kept) => Number(data['sequence'] ?? 0);
      const last = (type: string) => Math.max(0, ...past.filter((one) => one.type === type).map(number));
      if (last('AccountUnlocked') > 0) unlockWon++;
      const { body } = await house.ask(platform, 'account-lock', 'GET', `/v1/accounts/${account}/permissions?operation=pay`, {}, { n });
      if (last('AccountLocked') > last('AccountUnlocked') && body['allowed'] !== false) openAfterLock++;
      // A wallet that keeps the highest number it has seen, and hears everything backwards and shuffled.
      let [seen, shut] = [0, false];
      const changes = past.filter(({ type }) => type === 'AccountLocked' || type === 'AccountUnlocked');
      for (const change of given.drawing.shuffled(changes)) {
        if (number(change) <= seen) continue;
        [seen, shut] = [number(change), change.type === 'AccountLocked'];
      }
      if (shut !== (body['allowed'] === false)) misled++;
    }
    const flood = await floodOfClaims(house, given);
    const evaluated = streams
      .get(`step-up-quanpay-${guessed.account}`)!
      .filter(({ type }) => /^(CodeRejected|StepUpPassed)$/.test(type)).length;
    const shown = house.logs.filter((file) => new RegExp(`\\b(${guessed.code}|${right.code})\\b`).test(readFileSync(file, 'utf8'))).length;
    return {
      did: `200 guesses, 100 right codes, ${races} races, ${flood.reports} reports against one account`,
      verdict: { ...tally([...answers, ...flood.answers]), findings: new Findings() },
      figures: {
        'guesses evaluated': evaluated,
        'codes passed': passes,
        'unlocks that came first': unlockWon,
        'open after a later lock': openAfterLock,
        ...flood.figures,
      },
      claims: {
        'five guesses are evaluated': evaluated === 5,
        'a right code passes once': passes === 1,
        'no account is open after a lock with a higher number': openAfterLock === 0,
        'a wallet that ignores older numbers is right however late it hears': misled === 0,
        'no code stands in a log': shown === 0,
        'every lock was taken': accounts.every(
          (account) => streams.get(`account-quanpay-${account}`)?.filter(({ type }) => type === 'AccountLocked').length === 2,
        ),
        ...flood.claims,
      },
    };
  } finally {
    house.close();
  }
};

export const racingLocks: Run = {
  name: 'F21',
  title: 'locks-and-codes',
  does: 'Two processes of account-lock: 200 wrong codes at once, 100 times the right one, and locks against unlocks; 50 customers report another’s account (100; --long: 1,000 of both).',
  holds:
    'Five guesses are evaluated, one code passes, no account is open after a lock with a higher number, no code in a log; no word but the holder’s locks.',
  run,
};
