import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CarrierRefuses, heaviestMessage, type Consumption, type HeardMessage, type Transport } from '../transport.js';
import { beatOf, heartbeat } from '../enveloping.js';
import { aGroup, aMessage, aTopic, clientOf, Heard, until, type Carrier } from './carrying.js';

/** What every carrier promises by itself. `carrier` is asked once the tests run. */
export const carryingContract = (name: string, carrier: () => Carrier): void => {
  describe(`${name}: what is said`, () => {
    let transport: Transport;
    const open: Consumption[] = [];
    const hearing = async (...args: Parameters<Transport['consume']>) => {
      const consumption = await transport.consume(...args);
      open.push(consumption);
      return consumption;
    };
    beforeAll(async () => {
      transport = clientOf(carrier());
      await until(() => transport.ready());
    });
    afterAll(async () => {
      await Promise.all(open.map((consumption) => consumption.stop()));
      await transport.close();
    });

    it('arrives as it was said: key, headers, value', async () => {
      const plan = aTopic();
      await transport.prepare([plan]);
      const said = aMessage(plan.topic, 'quanpay/账户-1', JSON.stringify({ data: '凌晨两点 "…" \\ \u2028' }), {
        headers: { ce_id: '1', 'content-type': 'application/json' },
      });
      await transport.publish([said]);
      const heard = new Heard();
      await hearing(aGroup(), [plan.topic], heard.hear);
      await until(() => heard.all.length > 0);
      expect(heard.all[0]).toMatchObject(said);
    });

    it('is heard in order per key', async () => {
      const plan = aTopic();
      await transport.prepare([plan]);
      const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
      const heard = new Heard();
      await hearing(aGroup(), [plan.topic], heard.hear);
      const numbers = Array.from({ length: 60 }, (_, n) => String(n));
      for (let n = 0; n < numbers.length; n += 7)
        await transport.publish(numbers.slice(n, n + 7).flatMap((value) => keys.map((key) => aMessage(plan.topic, key, value))));
      await until(() => keys.every((key) => heard.distinct(key).length === numbers.length));
      for (const key of keys) expect(heard.distinct(key)).toEqual(numbers);
    });

    it('is heard from the beginning by a new group, also on a topic that is prepared after its hearer came', async () => {
      const plan = aTopic();
      const [early, late] = [new Heard(), new Heard()];
      await hearing(aGroup(), [plan.topic], early.hear);
      await transport.prepare([plan]);
      await transport.publish(['1', '2', '3'].map((value) => aMessage(plan.topic, 'k', value)));
      await until(() => early.distinct().length === 3);
      await hearing(aGroup(), [plan.topic], late.hear);
      await until(() => late.distinct().length === 3);
      expect(late.distinct()).toEqual(['1', '2', '3']);
    });

    it('goes to the partition it names', async () => {
      const plan = aTopic(5);
      await transport.prepare([plan]);
      const heard = new Heard();
      await hearing(aGroup(), [plan.topic], heard.hear);
      await transport.publish([0, 1, 2, 3, 4].map((partition) => aMessage(plan.topic, 'same', String(partition), { partition })));
      await until(() => heard.distinct().length === 5);
      expect(heard.all.every(({ partition, value }) => String(partition) === value)).toBe(true);
    });

    it('is told again when the hearer fails, and nothing of that key overtakes it', async () => {
      const plan = aTopic();
      await transport.prepare([plan]);
      const heard = new Heard();
      let failures = 0;
      await hearing(aGroup(), [plan.topic], async (message) => {
        if (message.value === '2' && failures++ < 2) throw new Error('not now');
        await heard.hear(message);
      });
      await transport.publish(['1', '2', '3'].map((value) => aMessage(plan.topic, 'k', value)));
      await until(() => heard.distinct().length === 3);
      expect(heard.distinct()).toEqual(['1', '2', '3']);
      expect(failures).toBe(3);
    });

    it('does not wait for a key of another partition', async () => {
      const plan = aTopic(2);
      await transport.prepare([plan]);
      const heard = new Heard();
      let release = () => undefined as void;
      const released = new Promise<void>((resolve) => (release = resolve));
      await hearing(aGroup(), [plan.topic], async (message) => {
        if (message.partition === 0) await released;
        await heard.hear(message);
      });
      await transport.publish([0, 1, 0, 1].map((partition, n) => aMessage(plan.topic, `k${partition}`, String(n), { partition })));
      await until(() => heard.distinct('k1').length === 2);
      expect(heard.values('k0')).toEqual([]);
      release();
      await until(() => heard.distinct('k0').length === 2);
    });

    it('goes on where the group stopped', async () => {
      const plan = aTopic();
      await transport.prepare([plan]);
      const group = aGroup();
      const [first, second] = [new Heard(), new Heard()];
      const consumption = await transport.consume(group, [plan.topic], first.hear);
      await transport.publish(['1', '2', '3'].map((value) => aMessage(plan.topic, 'k', value)));
      await until(() => first.distinct().length === 3);
      await consumption.stop();
      await transport.publish(['4', '5'].map((value) => aMessage(plan.topic, 'k', value)));
      await hearing(group, [plan.topic], second.hear);
      await until(() => second.distinct().includes('5'));
      expect(second.values()).toEqual(['4', '5']);
    });

    it('is handed over one at a time per key and a few keys at a time per partition, however much waits', async () => {
      const plan = aTopic(2);
      await transport.prepare([plan]);
      const values = Array.from({ length: 200 }, (_, n) => String(n));
      await transport.publish(values.map((value, n) => aMessage(plan.topic, `k${n % 40}`, value, { partition: n % 2 })));
      const inHand = new Map<string, number>();
      const most = { key: 0, partition: 0 };
      const heard = new Heard();
      const count = (what: keyof typeof most, name: string, change: number) => {
        inHand.set(name, (inHand.get(name) ?? 0) + change);
        most[what] = Math.max(most[what], inHand.get(name)!);
      };
      await hearing(aGroup(), [plan.topic], async (message) => {
        count('key', message.key, 1);
        count('partition', `of ${message.partition}`, 1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        await heard.hear(message);
        count('key', message.key, -1);
        count('partition', `of ${message.partition}`, -1);
      });
      await until(() => heard.distinct().length === 200);
      expect(most).toEqual({ key: 1, partition: 8 });
    });

    it('is finished and remembered when its hearer is asked to stop in the midst of it', async () => {
      const plan = aTopic(1);
      await transport.prepare([plan]);
      const group = aGroup();
      const [first, second] = [new Heard(), new Heard()];
      let begun = false;
      const one = await hearing(group, [plan.topic], async (message) => {
        begun = true;
        await new Promise((resolve) => setTimeout(resolve, 300));
        await first.hear(message);
      });
      await transport.publish(['1'].map((value) => aMessage(plan.topic, 'k', value)));
      await until(() => begun);
      await one.stop();
      expect(first.values()).toEqual(['1']);
      await transport.publish(['2'].map((value) => aMessage(plan.topic, 'k', value)));
      await hearing(group, [plan.topic], second.hear);
      await until(() => second.values().length > 0);
      expect(second.values()).toEqual(['2']);
    });

    it('is counted while it has still to be heard, by group and partition', async () => {
      const plan = aTopic(2);
      await transport.prepare([plan]);
      const own = clientOf(carrier());
      let letThrough = () => undefined as void;
      const gate = new Promise<void>((resolve) => (letThrough = resolve));
      const group = aGroup();
      const consumption = await own.consume(group, [plan.topic], () => gate);
      await transport.publish([0, 1, 1, 1, 0].map((partition, n) => aMessage(plan.topic, 'k', String(n), { partition })));
      const counted = async () => {
        const lanes = await own.unheard().catch(() => []);
        return lanes.filter((lane) => lane.group === group && lane.topic === plan.topic).map(({ messages }) => messages);
      };
      await until(async () => (await counted()).join() === '2,3');
      letThrough();
      await until(async () => (await counted()).join() === '0,0');
      await consumption.stop();
      await own.close();
    });

    it('is worked on by one member at a time, per key, and the other one takes over', async () => {
      const plan = aTopic();
      await transport.prepare([plan]);
      const group = aGroup();
      const [one, two] = [clientOf(carrier(), 'one'), clientOf(carrier(), 'two')];
      const heard = new Heard();
      const hands = new Map<string, number>();
      let most = 0;
      const hear = async (message: HeardMessage) => {
        hands.set(message.key, (hands.get(message.key) ?? 0) + 1);
        most = Math.max(most, hands.get(message.key)!);
        await new Promise((resolve) => setTimeout(resolve, 5));
        await heard.hear(message);
        hands.set(message.key, hands.get(message.key)! - 1);
      };
      const members = [await one.consume(group, [plan.topic], hear), await two.consume(group, [plan.topic], hear)];
      const say = (from: number) =>
        transport.publish(Array.from({ length: 40 }, (_, n) => aMessage(plan.topic, `k${n % 5}`, String(from + n))));
      await say(0);
      await until(() => heard.distinct().length === 40);
      await members[0]!.stop();
      await say(40);
      await until(() => heard.distinct().length === 80);
      await members[1]!.stop();
      expect(most).toBe(1);
      for (const key of ['k0', 'k1', 'k2', 'k3', 'k4'])
        expect(heard.distinct(key).map(Number)).toEqual(
          heard
            .distinct(key)
            .map(Number)
            .sort((a, b) => a - b),
        );
      await Promise.all([one.close(), two.close()]);
    });

    it('is refused when it is too heavy, and the rest is carried', async () => {
      const plan = aTopic();
      await transport.prepare([plan]);
      await expect(transport.publish([aMessage(plan.topic, 'k', 'x'.repeat(heaviestMessage))])).rejects.toBeInstanceOf(CarrierRefuses);
      const heavy = 'y'.repeat(heaviestMessage - 1_000);
      await transport.publish([aMessage(plan.topic, 'k', heavy, { headers: {} })]);
      const heard = new Heard();
      await hearing(aGroup(), [plan.topic], heard.hear);
      await until(() => heard.all.length > 0);
      expect(heard.all[0]!.value.length).toBe(heavy.length);
    });

    it('stands before the sign of life that follows it, in every partition', async () => {
      const plan = aTopic(3);
      await transport.prepare([plan]);
      const heard = new Heard();
      await hearing(aGroup(), [plan.topic], heard.hear);
      const beats = () => heard.all.flatMap((message) => (beatOf(message) ? [{ ...beatOf(message)!, partition: message.partition }] : []));
      for (let round = 1; round <= 3; round++) {
        const upTo = `2026-11-18T02:14:0${round}.000Z`;
        await transport.publish([0, 1, 2].map((partition) => aMessage(plan.topic, `k${partition}`, String(round), { partition })));
        await transport.beat([heartbeat(plan.topic, 'intake', upTo)]);
        await until(() => beats().filter((beat) => beat.upTo === upTo).length === 3);
        expect(
          beats()
            .filter((beat) => beat.upTo === upTo)
            .map(({ partitions, partition }) => [partitions, partition])
            .sort(),
        ).toEqual([
          [3, 0],
          [3, 1],
          [3, 2],
        ]);
        for (const partition of [0, 1, 2]) {
          const lane = heard.all.filter((message) => message.partition === partition);
          const beatAt = lane.findIndex((message) => beatOf(message)?.upTo === upTo);
          expect(lane.slice(0, beatAt).some(({ value }) => value === String(round))).toBe(true);
        }
      }
    });

    it('needs a topic that was prepared, always with the same number of partitions', async () => {
      const plan = aTopic(3);
      await transport.prepare([plan]);
      await transport.prepare([plan]);
      await expect(transport.prepare([{ ...plan, partitions: 4 }])).rejects.toThrow('partitions');
    });
  });
};
