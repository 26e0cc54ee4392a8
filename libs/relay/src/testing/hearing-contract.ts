import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { requestOf, type TestStore } from '@recourse/event-store/testing';
import { PostgresEventStore } from '@recourse/event-store';
import { startInbox, type Inbox } from '../inbox.worker.js';
import type { Transport, TopicPlan } from '../transport.js';
import { aTopic, clientOf, until, type Carrier } from './carrying.js';
import { childOf, type Child } from './killing.js';
import { aService, aTelling, said, tallyHearing, textsOf } from './tallying.js';

const quick = { inPlace: [5, 10], parked: [200, 400], look: 50, lease: 2_000, pause: 100, watermarks: 100 };
const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(n));

/** What a service promises that hears over this carrier: at least once delivered, once in effect, in order per key. */
export const hearingContract = (name: string, carrier: () => Carrier): void => {
  describe(`${name}: what is heard`, () => {
    let transport: Transport;
    let plan: TopicPlan;
    let house: TestStore;
    const inboxes: Inbox[] = [];
    const clients: Transport[] = [];
    const stores: PostgresEventStore[] = [];
    const children: Child[] = [];
    beforeAll(async () => {
      transport = clientOf(carrier(), 'speaker');
      await until(() => transport.ready());
    });
    afterEach(async () => {
      for (const child of children.splice(0)) await child.kill();
      await Promise.all(inboxes.splice(0).map((inbox) => inbox.stop()));
      await Promise.all(clients.splice(0).map((client) => client.close()));
      await Promise.all(stores.splice(0).map((store) => store.close()));
      await house.close();
    });
    afterAll(() => transport.close());

    const prepare = async () => {
      plan = aTopic();
      house = await aService();
      await transport.prepare([plan]);
    };
    /** An instance of the service, with everything of its own but the database. */
    const anInstance = async (hearing = tallyHearing(plan.topic)) => {
      const client = clientOf(carrier(), 'hearer');
      const store = await PostgresEventStore.open({ service: 'hearer', logUrl: house.database.logUrl });
      const inbox = await startInbox({
        service: 'hearer',
        store,
        transport: client,
        pool: store.pool,
        hears: [hearing],
        tools: undefined,
        pace: quick,
      });
      clients.push(client);
      stores.push(store);
      inboxes.push(inbox);
      return inbox;
    };
    const tell = async (texts: readonly string[], ...keys: readonly string[]) => {
      for (const text of texts) await transport.publish(keys.map((key) => aTelling(plan.topic, key, text)));
    };
    const complete = (count: number, ...keys: readonly string[]) =>
      until(async () => (await Promise.all(keys.map((key) => textsOf(house, key)))).every((texts) => texts.length >= count));

    it('takes effect once, however often it is told', async () => {
      await prepare();
      const keys = ['a', 'b', 'c', 'd'];
      for (let round = 0; round < 3; round++) await tell(numbers(10), ...keys);
      const inbox = await anInstance();
      await until(() => inbox.counts.heard >= 120);
      for (const key of keys) expect(await textsOf(house, key)).toEqual(numbers(10));
      expect(inbox.counts).toMatchObject({ recorded: 40, replayed: 80, failed: 0 });
    });

    it('parks only its own key when it fails, and the order of that key is kept after it heals', async () => {
      await prepare();
      let healed = false;
      const inbox = await anInstance(
        tallyHearing(plan.topic, ({ key, data }) => {
          if (!healed && key === 'bad' && data['text'] === '1') throw new Error('not yet');
        }),
      );
      await tell(numbers(4), 'bad', 'good', 'fine', 'well');
      await complete(4, 'good', 'fine', 'well');
      await until(async () => (await inbox.parked())[0]?.messages === 3);
      expect(await textsOf(house, 'bad')).toEqual(['0']);
      expect(await inbox.parked()).toMatchObject([{ consumer: 'tally', topic: plan.topic, key: 'bad', why: 'failed: Error', held: false }]);
      healed = true;
      await tell(['4'], 'bad');
      await complete(5, 'bad');
      expect(await textsOf(house, 'bad')).toEqual(numbers(5));
      await until(async () => (await inbox.parked()).length === 0);
    });

    it('goes on after a restart where it stopped', async () => {
      await prepare();
      const first = await anInstance();
      await tell(numbers(5), 'a', 'b');
      await complete(5, 'a', 'b');
      await first.stop();
      await tell(['5', '6'], 'a', 'b');
      const second = await anInstance();
      await complete(7, 'a', 'b');
      for (const key of ['a', 'b']) expect(await textsOf(house, key)).toEqual(numbers(7));
      expect(second.counts.recorded).toBe(4);
    });

    it('never takes effect in two instances of a service, while both hear and everything is told again', async () => {
      await prepare();
      const keys = ['a', 'b', 'c', 'd', 'e'];
      await Promise.all([anInstance(), anInstance()]);
      for (let n = 0; n < 12; n++) {
        await tell([String(n)], ...keys);
        if (n > 0) await tell([String(n - 1), String(n)], ...keys);
        if (n === 5) await inboxes[0]!.stop();
      }
      await complete(12, ...keys);
      for (const key of keys) expect(await textsOf(house, key)).toEqual(numbers(12));
    });

    it('survives kill -9 of relay and inbox at random moments: nothing lost, nothing doubled, every key in order', async () => {
      await prepare();
      const speaker = await aService('case-tracking');
      const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
      let told = 0;
      const say = async () => {
        await Promise.all(keys.map((key) => speaker.store.append(requestOf(speaker.store, `case-${key}`, 'none', [said(String(told))]))));
        told++;
      };
      const effects = async () =>
        Number((await house.store.pool.query<{ n: string }>(`select count(*) as n from log.event where type = 'Tallied'`)).rows[0]!.n);
      let seen = 0;
      for (let kills = 0; kills < 6; kills++) {
        const child = childOf({ carrier: carrier(), topic: plan.topic, speaker: speaker.database.logUrl, hearer: house.database.logUrl });
        children.push(child);
        let speaking = true;
        const saying = (async () => {
          for (; speaking && told < 20 * (kills + 1); await new Promise((resolve) => setTimeout(resolve, 50))) await say();
        })();
        // It must have done something since it was born, or the kill would prove nothing.
        await until(async () => (await effects()) > seen + 5);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 250));
        await child.kill();
        speaking = false;
        await saying;
        seen = await effects();
      }
      children.push(childOf({ carrier: carrier(), topic: plan.topic, speaker: speaker.database.logUrl, hearer: house.database.logUrl }));
      await until(async () => (await effects()) >= told * keys.length);
      for (const key of keys) expect(await textsOf(house, `case-${key}`)).toEqual(numbers(told));
      for (const child of children.splice(0)) await child.kill();
      await speaker.close();
    }, 240_000);

    it('is parked for a person after it has killed its process three times, and the rest goes on', async () => {
      await prepare();
      const deadly = { carrier: carrier(), topic: plan.topic, hearer: house.database.logUrl, deadly: 'poison' };
      await tell(['0'], 'a', 'b');
      await transport.publish([aTelling(plan.topic, 'a', 'poison'), aTelling(plan.topic, 'a', 'after')]);
      let deaths = 0;
      let child = childOf(deadly);
      children.push(child);
      const inbox = await parkedOf();
      for (let parked = await inbox(); parked.length === 0; parked = await inbox()) {
        const died = await Promise.race([child.gone.then(() => true), new Promise<false>((resolve) => setTimeout(resolve, 50, false))]);
        if (!died) continue;
        deaths++;
        child = childOf(deadly);
        children.push(child);
      }
      expect(deaths).toBe(3);
      expect(await inbox()).toMatchObject([{ key: 'a', why: 'kills-the-process', held: true }]);
      await tell(['1'], 'b');
      await complete(2, 'b');
      await until(async () => (await inbox())[0]!.messages === 2);
      expect(await textsOf(house, 'a')).toEqual(['0']);
    }, 240_000);

    it('is not taken for the one that kills, only because it is in hand beside it', async () => {
      await prepare();
      const deadly = { carrier: carrier(), topic: plan.topic, hearer: house.database.logUrl, deadly: 'poison', slow: 'slow' };
      await transport.publish([
        { ...aTelling(plan.topic, 'a', 'poison'), partition: 0 },
        { ...aTelling(plan.topic, 'b', 'slow'), partition: 1 },
      ]);
      const inbox = await parkedOf();
      let child = childOf(deadly);
      children.push(child);
      for (let parked = await inbox(); !parked.some(({ key }) => key === 'a'); parked = await inbox()) {
        const died = await Promise.race([child.gone.then(() => true), new Promise<false>((resolve) => setTimeout(resolve, 50, false))]);
        if (died) children.push((child = childOf(deadly)));
      }
      await complete(1, 'b');
      expect(await inbox()).toMatchObject([{ key: 'a', why: 'kills-the-process', held: true }]);
      expect(await textsOf(house, 'b')).toEqual(['slow']);
    }, 240_000);

    const parkedOf = async () => {
      const { Parked } = await import('../parked.pg.js');
      const parked = new Parked(house.store.pool, 1_000);
      return () => parked.list();
    };
  });
};
