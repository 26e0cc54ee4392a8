import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CaseHistory, CasePromise } from '@recourse/contracts';
import { envelope, postgresTransport, type Message, type Transport } from '@recourse/relay';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { caseService, etag, type CaseService } from './case-service.testing.js';

const notices = 'recourse.notice.v1';
let house: CaseService;
let bus: Transport;
beforeAll(async () => {
  house = await caseService();
  bus = postgresTransport({ url: house.database.busUrl, name: 'notification' });
}, 60_000);
afterAll(async () => {
  await bus.close();
  await house.close();
});

/** notification tells something, over the real bus. */
const tell = (type: string, data: object) => bus.publish([envelope(house.message(notices, type, data))]);
/** notification says that everything it had recorded until now has been told. */
const beat = async () => {
  const upTo = house.store.now();
  const said: Message = { ...house.message(notices, 'Heartbeat', { upTo }), key: 'heartbeat' };
  await bus.beat([envelope(said)]);
};
const at = (id: string, noun = '') => `/v1/cases/${id}${noun}`;
const promisesOf = async (id: string): Promise<readonly CasePromise[]> => ((await house.jing.get(at(id))).body as CaseHistory).promises;
const until = async (id: string, state: CasePromise['state'], beating: boolean) => {
  for (let looks = 0; looks < 100; looks++) {
    if (beating) await beat();
    const promises = await promisesOf(id);
    if (promises.every((promise) => promise.state === state)) return promises;
    await pause(100);
  }
  return promisesOf(id);
};
const promised = async (inMilliseconds: number) => {
  const { matter } = await house.received();
  const due = new Date(Date.now() + inMilliseconds).toISOString();
  const { promises } = (await house.jing.post(at(matter, '/promises'), { due })).body as CaseHistory;
  return { matter, due, promise: promises[0]!.promise };
};
const letterFor = async (matter: string, promise: string): Promise<string> => {
  const answer = await house.jing.post(
    at(matter, '/letters'),
    { kind: 'update', channel: 'post', text: 'We are looking into it.', promise },
    { ifMatch: etag(await house.jing.get(at(matter))) },
  );
  return (answer.body as CaseHistory).letters[0]!.letter;
};

describe('A promised update', () => {
  it('is missed once everything that was sent by then has been heard, and stays missed when the answer comes', async () => {
    const { matter, promise, due } = await promised(4_000);
    const letter = await letterFor(matter, promise);
    const giveUp = { notice: uuid(), channel: 'post', cause: uuid(), template: 'letter', letter, promise, matter, why: 'gave-up' };
    await tell('NoticeGivenUp', giveUp);
    expect(await until(matter, 'missed', true)).toMatchObject([{ state: 'missed', due }]);
    const answer = await letterFor(matter, promise);
    await tell('NoticeSent', { ...giveUp, letter: answer, sentAt: house.store.now() });
    await pause(500);
    expect(await promisesOf(matter)).toMatchObject([{ state: 'missed', due }]);
  }, 60_000);

  it('waits, unconfirmed, for the report of a letter issued in time, and is kept by when it left', async () => {
    const { matter, promise, due } = await promised(6_000);
    const letter = await letterFor(matter, promise);
    const sentAt = house.store.now();
    await pause(Math.max(0, Date.parse(due) + 200 - Date.parse(house.store.now())));
    for (let beats = 0; beats < 20; beats++) {
      await beat();
      await pause(100);
    }
    expect(await promisesOf(matter)).toMatchObject([{ state: 'open', due }]);
    expect((await house.customer.get(at(matter, '/progress'))).body).toMatchObject({ promises: [{ state: 'unconfirmed' }] });
    await tell('NoticeSent', { notice: uuid(), channel: 'post', cause: uuid(), template: 'letter', letter, promise, matter, sentAt });
    expect(await until(matter, 'kept', false)).toMatchObject([{ state: 'kept', sentAt }]);
  }, 60_000);
});
