import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { aGroup, aMessage, aTopic, clientOf, Heard, until } from './testing/carrying.js';

type Kafka = { stop(): Promise<void> };
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

/** Between clients and the broker. Connections that are silenced stay open and carry nothing any more; new ones are as good as ever. */
class Wire {
  readonly #lines = new Set<[net.Socket, net.Socket]>();
  silenced = 0;
  readonly #server: net.Server;

  constructor(port: number, target: number) {
    this.#server = net.createServer((client) => {
      const broker = net.connect(target, '127.0.0.1');
      const line: [net.Socket, net.Socket] = [client, broker];
      this.#lines.add(line);
      for (const [one, other] of [line, [broker, client] as const]) {
        one.on('error', () => undefined);
        one.on('close', () => {
          other.destroy();
          this.#lines.delete(line);
        });
        one.pipe(other);
      }
    });
    this.#server.listen(port, '127.0.0.1');
  }

  silence() {
    for (const [client, broker] of this.#lines) {
      client.unpipe(broker);
      broker.unpipe(client);
      client.resume(); // what comes goes nowhere
      broker.resume();
      this.silenced++;
    }
    this.#lines.clear();
  }

  close() {
    this.#server.close();
    for (const line of this.#lines) for (const socket of line) socket.destroy();
  }
}

const data = mkdtempSync(path.join(tmpdir(), 'recourse-kafka-'));
let kafka: Kafka;
let wire: Wire;
let port: number;
beforeAll(async () => {
  const [target, controller] = [await freePort(), await freePort()];
  port = await freePort();
  const settings = [
    `listeners=PLAINTEXT://127.0.0.1:${target},CONTROLLER://127.0.0.1:${controller}`,
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
  ].join('\n');
  kafka = await startKafka({ port, data, settings });
  wire = new Wire(port, target);
}, 120_000);
afterAll(async () => {
  wire.close();
  await kafka.stop();
  rmSync(data, { recursive: true, force: true });
});

describe('Connections that carry nothing any more and do not break', () => {
  it('are given up with their client: a new one tells and hears what the old one could not', async () => {
    const transport = clientOf({ kind: 'kafka', brokers: [`127.0.0.1:${port}`] }, 'silenced');
    const plan = aTopic(1);
    const heard = new Heard();
    await until(() => transport.ready());
    await transport.prepare([plan]);
    const consumption = await transport.consume(aGroup(), [plan.topic], heard.hear);
    await transport.publish([aMessage(plan.topic, 'k', '1')]);
    await until(() => heard.distinct().length === 1);

    wire.silence();
    expect(wire.silenced).toBeGreaterThan(1);
    // Not for ever on the old connection: the send fails, and whoever asks again has a client that works.
    await expect(transport.publish([aMessage(plan.topic, 'k', '2')])).rejects.toThrow();
    await transport.publish([aMessage(plan.topic, 'k', '2')]);
    await until(() => heard.distinct().length === 2);
    expect(heard.distinct()).toEqual(['1', '2']);
    await consumption.stop();
    await transport.close();
  }, 300_000);
});
