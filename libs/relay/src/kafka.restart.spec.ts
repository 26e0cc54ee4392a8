import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { aGroup, aMessage, aTopic, clientOf, Heard, until } from './testing/carrying.js';
import type { Log } from './transport.js';

type Kafka = { readonly pid: number; readonly ended: Promise<unknown>; stop(): Promise<void> };
const { startKafka } = (await import(new URL('../../../deploy/kafka/start.mjs', import.meta.url).href)) as {
  startKafka(options: object): Promise<Kafka>;
};

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });

const data = mkdtempSync(path.join(tmpdir(), 'recourse-kafka-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

describe('A Kafka that comes late and is killed', () => {
  it('is waited for without a red line, and after kill -9 and restart everything goes on, nothing lost', async () => {
    const port = await freePort();
    const said: string[] = [];
    const hear = (level: string) => (about: object, sentence: string) => void said.push(`${level} ${sentence} ${JSON.stringify(about)}`);
    const log: Log = { debug: () => undefined, info: hear('info'), warn: hear('warn'), error: hear('error') };
    const transport = clientOf({ kind: 'kafka', brokers: [`127.0.0.1:${port}`] }, 'patient', log);
    const plan = aTopic();
    const heard = new Heard();
    expect(await transport.ready()).toBe(false);
    const consumption = await transport.consume(aGroup(), [plan.topic], heard.hear);

    const cluster = `-${'A'.repeat(21)}`; // one in 64 begins like an option
    let kafka = await startKafka({ port, data, cluster });
    await until(() => transport.ready());
    await transport.prepare([plan]);
    /** As the relay does: again, until the carrier has it. */
    const tell = async (value: string) => {
      for (;;) {
        try {
          return await transport.publish(['a', 'b', 'c'].map((key) => aMessage(plan.topic, key, value)));
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      }
    };
    const numbers = Array.from({ length: 10 }, (_, n) => String(n));
    for (const value of numbers.slice(0, 5)) await tell(value);
    await until(() => heard.distinct('a').length === 5);
    expect(said).toEqual([]);

    process.kill(-kafka.pid, 'SIGKILL');
    await kafka.ended;
    const telling = (async () => {
      for (const value of numbers.slice(5)) await tell(value);
    })();
    await until(() => said.some((line) => line.startsWith('warn')));
    kafka = await startKafka({ port, data });
    await telling;
    await until(() => ['a', 'b', 'c'].every((key) => heard.distinct(key).length === 10));
    for (const key of ['a', 'b', 'c']) expect(heard.distinct(key)).toEqual(numbers);
    expect(said.filter((line) => line.startsWith('error'))).toEqual([]);
    await consumption.stop();
    await transport.close();
    await kafka.stop();
  }, 240_000);
});
