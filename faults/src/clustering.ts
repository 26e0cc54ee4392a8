import { randomBytes } from 'node:crypto';
import net from 'node:net';
import path from 'node:path';
import { startKafka, type RunningKafka } from './grounding.js';

type Member = { readonly id: number; readonly port: number; readonly controller: number };

/** Three brokers on one machine, each its own controller too: topics on all three, and two of them have to have a message. */
export class Cluster {
  readonly #running = new Map<number, RunningKafka>();
  readonly #cluster = randomBytes(16).toString('base64url');

  private constructor(
    private readonly folder: string,
    private readonly members: readonly Member[],
  ) {}

  static async start(folder: string): Promise<Cluster> {
    const ports = await freePorts(6);
    const members = [1, 2, 3].map((id) => ({ id, port: ports[id - 1]!, controller: ports[id + 2]! }));
    const cluster = new Cluster(folder, members);
    await cluster.start(1, 2, 3);
    return cluster;
  }

  get brokers(): readonly string[] {
    return this.members.map(({ port }) => `127.0.0.1:${port}`);
  }

  /** Together: none is ready before most of them are there. */
  async start(...ids: readonly number[]): Promise<void> {
    const voters = this.members.map(({ id, controller }) => `${id}@127.0.0.1:${controller}`).join();
    await Promise.all(
      ids.map(async (id) => {
        const { port, controller } = this.members[id - 1]!;
        const settings = [
          `node.id=${id}`,
          `controller.quorum.voters=${voters}`,
          `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
          'default.replication.factor=3',
          'offsets.topic.replication.factor=3',
          'transaction.state.log.replication.factor=3',
          'transaction.state.log.min.isr=2',
          'share.coordinator.state.topic.replication.factor=3',
        ].join('\n');
        const running = await startKafka({ port, data: path.join(this.folder, `kafka-${id}`), settings, cluster: this.#cluster });
        this.#running.set(id, running);
      }),
    );
  }

  async kill(...ids: readonly number[]): Promise<void> {
    for (const id of ids) process.kill(-this.#running.get(id)!.pid, 'SIGKILL');
    await Promise.all(ids.map((id) => this.#running.get(id)!.ended));
    for (const id of ids) this.#running.delete(id);
  }

  async stop(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map((running) => running.stop()));
  }
}

/** All open at once, so that they are different. */
const freePorts = async (count: number): Promise<number[]> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<net.Server>((resolve) => {
          const server: net.Server = net.createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};
