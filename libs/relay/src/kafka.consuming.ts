import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { within } from './kafka.client.js';
import { hearInOrder } from './ordering.js';
import { pauseFor } from './pausing.js';
import type { Consumption, HeardMessage, Log } from './transport.js';

type Options = {
  readonly group: string;
  readonly topics: readonly string[];
  readonly hear: (message: HeardMessage) => Promise<void>;
  readonly log: Log;
  /** A fresh client. */
  readonly connect: () => Promise<Kafka>;
  /** The carrier is ready and all topics are there. */
  readonly present: () => Promise<boolean>;
  /** After how much silence the group takes a member for dead. Milliseconds. */
  readonly session: number;
};

const rebalanceTimeout = 60_000;
/**
 * Without a sign of life from the client for so long, a new one is built. A member fetches and beats all the time, whatever its handler does, so
 * silence means connections that carry nothing; kafkajs would try the same ones for a minute and more. A rebalance may take its time.
 */
const silenceOfMember = 20_000;
const silenceOfJoining = 90_000;
const commitEvery = 1_000;
const drainWithin = 10_000;

/**
 * A member of a Kafka group that does not stay dead. kafkajs gives up on errors it does not know, and on some it should (ILLEGAL_GENERATION);
 * whatever ends a client, a new one is built after a pause, and only one piece of work per partition exists at a time, across all of them.
 */
export class KafkaConsumption implements Consumption {
  readonly #stopping = new AbortController();
  readonly #hands = new Map<string, Promise<void>>();
  readonly #running: Promise<void>;
  /** Rises with every assignment: work begun under an older one stops at the next message. */
  #generation = 0;

  constructor(private readonly options: Options) {
    this.#running = this.#run();
  }

  get group(): string {
    return this.options.group;
  }
  get topics(): readonly string[] {
    return this.options.topics;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run() {
    const { log, group, present } = this.options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted;) {
      try {
        if (await present()) {
          await this.#member(() => (failures = 0));
        }
      } catch (error) {
        failures++;
        log.warn({ group, error: (error as Error).message }, 'The group member ended; a new one is built.');
      }
      if (!signal.aborted) await pauseFor(Math.min(10_000, 500 * 2 ** failures), signal);
    }
  }

  /** One client, from joining the group until it ends. Rejects with the reason when it ended by itself. */
  async #member(joined: () => void) {
    const { group, topics, connect } = this.options;
    const consumer = (await connect()).consumer({
      groupId: group,
      sessionTimeout: this.options.session,
      heartbeatInterval: this.options.session / 10,
      rebalanceTimeout,
      maxWaitTimeInMs: 500,
      maxBytesPerPartition: 256 * 1024,
      allowAutoTopicCreation: false,
      // It crashes once, visibly, and we decide: see above.
      retry: { initialRetryTime: 200, maxRetryTime: 2_000, retries: 5, restartOnFailure: async () => false },
    });
    let alive = Date.now();
    let member = false;
    const sign = () => (alive = Date.now());
    const { CRASH, FETCH, GROUP_JOIN, HEARTBEAT, REBALANCING } = consumer.events;
    for (const event of [FETCH, HEARTBEAT] as const) consumer.on(event, sign);
    consumer.on(REBALANCING, () => {
      member = false;
      sign();
    });
    consumer.on(GROUP_JOIN, () => {
      this.#generation++;
      member = true;
      joined();
      sign();
    });
    let watching: NodeJS.Timeout | undefined;
    const ended = new Promise<never>((_, reject) => {
      consumer.on(CRASH, ({ payload }) => reject(payload.error));
      watching = setInterval(() => {
        if (Date.now() - alive > (member ? silenceOfMember : silenceOfJoining))
          reject(new Error('The client has not given a sign of life.'));
      }, 3_000);
    });
    const stopped = new Promise<void>((resolve) => {
      if (this.#stopping.signal.aborted) resolve();
      this.#stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      const running = (async () => {
        await consumer.connect();
        await consumer.subscribe({ topics: [...topics], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: 64,
          eachBatch: (batch) => this.#alone(consumer, batch),
        });
        await stopped;
      })();
      await Promise.race([running, ended]);
    } finally {
      clearInterval(watching);
      if (!this.#stopping.signal.aborted)
        this.#generation++; // asked to stop, work in hand may still commit
      // Before the client is asked to stop: from then on it commits nothing, silently, and what was just finished would be told again.
      else await within(drainWithin, 'Finishing what is in hand', Promise.allSettled(this.#hands.values())).catch(() => undefined);
      await within(drainWithin, 'Leaving the group', consumer.disconnect()).catch(() => undefined);
      // Beyond the patience for the client: our own work must end before it may be begun again.
      await Promise.allSettled(this.#hands.values());
    }
  }

  /**
   * After a rebalance kafkajs may bring the same partition again while an earlier batch of it is still in hand (it waits for none of the others
   * when one of them finds out). The earlier one comes to its end first.
   */
  async #alone(consumer: Consumer, payload: EachBatchPayload) {
    const id = `${payload.batch.topic}/${payload.batch.partition}`;
    const generation = this.#generation;
    const before = this.#hands.get(id);
    const work = this.#keepingAlive(
      payload,
      (async () => {
        await before?.catch(() => undefined);
        await this.#work(consumer, payload, generation);
      })(),
    );
    this.#hands.set(id, work);
    try {
      await work;
    } finally {
      if (this.#hands.get(id) === work) this.#hands.delete(id);
    }
  }

  async #work(consumer: Consumer, payload: EachBatchPayload, generation: number) {
    const { batch, heartbeat, resolveOffset, isRunning, isStale } = payload;
    const mine = () => !this.#stopping.signal.aborted && this.#generation === generation && isRunning() && !isStale();
    let next: string | undefined;
    let committed = Date.now();
    const commit = async () => {
      if (next === undefined) return;
      // Only a heartbeat tells that the partition has been taken away: it throws, and the new owner hears the rest again.
      await heartbeat();
      await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset: next }]);
      next = undefined;
      committed = Date.now();
    };
    const messages = batch.messages.map((message) => heardFrom(batch.topic, batch.partition, message));
    await hearInOrder(messages, {
      hear: (message) => this.#hear(message, mine),
      done: ({ offset }) => {
        resolveOffset(offset);
        next = String(BigInt(offset) + 1n);
      },
      before: async () => {
        if (Date.now() - committed > commitEvery) await commit();
        else await heartbeat();
      },
    });
    if (this.#generation === generation) await commit();
  }

  /** Until it is heard, or is not ours any more. */
  async #hear(message: HeardMessage, mine: () => boolean): Promise<boolean> {
    for (let failures = 1; mine(); failures++) {
      try {
        await this.options.hear(message);
        return true;
      } catch (error) {
        if (this.#stopping.signal.aborted) return false;
        const { topic, partition, offset } = message;
        this.options.log.warn({ topic, partition, offset, error: (error as Error).name }, 'A message was not heard; it is told again.');
        await pauseFor(Math.min(5_000, 100 * 2 ** failures), this.#stopping.signal);
      }
    }
    return false;
  }

  /** Messages may take as long as they need; the group hears meanwhile that we live. What the heartbeat throws shows at the next one. */
  async #keepingAlive<Value>({ heartbeat }: EachBatchPayload, work: Promise<Value>): Promise<Value> {
    const beating = setInterval(() => void heartbeat().catch(() => undefined), this.options.session / 10);
    try {
      return await work;
    } finally {
      clearInterval(beating);
    }
  }
}

const heardFrom = (topic: string, partition: number, { key, value, headers, offset }: KafkaMessage): HeardMessage => ({
  topic,
  partition,
  offset,
  key: key?.toString() ?? '',
  value: value?.toString() ?? '',
  headers: Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, text]) => [name, (Array.isArray(text) ? text[0] : text)?.toString() ?? '']),
  ),
});
