import type { Admin, Kafka, Producer } from 'kafkajs';
import { loadKafkajs, newKafka, voiceOf, within, type KafkaOptions } from './kafka.client.js';
import { KafkaConsumption } from './kafka.consuming.js';
import { unheardBy } from './kafka.lagging.js';
import { CarrierRefuses, heaviestMessage, silence, weightOf, type OutgoingMessage, type TopicPlan, type Transport } from './transport.js';

/** Carries messages through Apache Kafka. kafkajs is loaded at the first use. */
export const kafkaTransport = (options: KafkaOptions): Transport => new KafkaTransport(options);

const sendWithin = 20_000;
const answerWithin = 5_000;

class KafkaTransport implements Transport {
  readonly name = 'kafka';
  readonly #log;
  readonly #voice;
  readonly #consumptions = new Set<KafkaConsumption>();
  readonly #partitions = new Map<string, number>();
  #wasReady = false;
  #closed = false;
  #producer: Promise<Producer> | undefined;
  #admin: Promise<Admin> | undefined;

  constructor(private readonly options: KafkaOptions) {
    this.#log = options.log ?? silence;
    this.#voice = voiceOf(this.#log, () => this.#wasReady);
  }

  async prepare(plans: readonly TopicPlan[]) {
    if (!(await this.ready())) throw new Error('Kafka does not serve yet.');
    const admin = await this.#asking();
    try {
      const existing = new Set(await within(answerWithin, 'Listing topics', admin.listTopics()));
      const { brokers } = await within(answerWithin, 'Describing the cluster', admin.describeCluster());
      const replication = this.options.replication ?? Math.min(3, brokers.length);
      const missing = plans.filter(({ topic }) => !existing.has(topic));
      // Another service may be making the same ones at this moment; kafkajs answers false then, and that is fine.
      if (missing.length > 0) {
        const keep = String(this.options.keep ?? 7 * 24 * 3_600_000);
        await admin.createTopics({
          waitForLeaders: true,
          topics: missing.map(({ topic, partitions, retention }) => ({
            topic,
            numPartitions: partitions,
            replicationFactor: replication,
            configEntries: [
              { name: 'retention.ms', value: retention === 'for-ever' ? '-1' : keep },
              { name: 'retention.bytes', value: '-1' },
              { name: 'cleanup.policy', value: 'delete' },
              { name: 'max.message.bytes', value: String(heaviestMessage + 1024) },
              { name: 'min.insync.replicas', value: replication >= 3 ? '2' : '1' },
            ],
          })),
        });
      }
      await this.#learnPartitions(plans.map(({ topic }) => topic));
      for (const { topic, partitions } of plans)
        if (this.#partitions.get(topic) !== partitions)
          throw new Error(
            `The topic ${topic} has ${this.#partitions.get(topic)} partitions, not ${partitions}: the order of its keys depends on their number.`,
          );
    } catch (error) {
      this.#admin = dropped(this.#admin);
      throw error;
    }
  }

  async publish(messages: readonly OutgoingMessage[]) {
    if (messages.length === 0) return;
    if (messages.some((message) => weightOf(message) > heaviestMessage)) throw new CarrierRefuses('too-large');
    const topicMessages = [...new Set(messages.map(({ topic }) => topic))].map((topic) => ({
      topic,
      messages: messages
        .filter((message) => message.topic === topic)
        .map(({ key, value, headers, partition }) => ({ key, value, headers, ...(partition !== undefined && { partition }) })),
    }));
    const producer = await this.#speaking();
    try {
      await within(sendWithin, 'Publishing', producer.sendBatch({ acks: -1, timeout: 15_000, topicMessages }));
    } catch (error) {
      if (isTooLarge(error)) throw new CarrierRefuses('too-large');
      // Sooner than need be: a new client costs 50 ms, one that sits on a dead connection costs minutes. What was half sent is sent again
      // by whoever asked; hearers know a message by its id.
      this.#producer = dropped(this.#producer);
      throw error;
    }
  }

  async beat(messages: readonly OutgoingMessage[]) {
    const missing = messages.map(({ topic }) => topic).filter((topic) => !this.#partitions.has(topic));
    if (missing.length > 0) await this.#learnPartitions(missing);
    await this.publish(
      messages.flatMap((message) => {
        const partitions = this.#partitions.get(message.topic)!;
        const headers = { ...message.headers, ce_partitions: String(partitions) };
        return Array.from({ length: partitions }, (_, partition) => ({ ...message, headers, partition }));
      }),
    );
  }

  async consume(
    group: string,
    topics: readonly string[],
    hear: (message: OutgoingMessage & { partition: number; offset: string }) => Promise<void>,
  ) {
    const connect = async () => newKafka(await loadKafkajs(), this.options, this.#voice);
    const present = async () => {
      if (!(await this.ready())) return false;
      const existing = await within(answerWithin, 'Listing topics', (await this.#asking()).listTopics());
      return topics.every((topic) => existing.includes(topic));
    };
    const consumption = new KafkaConsumption({
      group,
      topics,
      hear,
      log: this.#log,
      connect,
      present,
      session: this.options.session ?? 30_000,
    });
    this.#consumptions.add(consumption);
    return {
      stop: async () => {
        this.#consumptions.delete(consumption);
        await consumption.stop();
      },
    };
  }

  async unheard() {
    const admin = await this.#asking();
    const asked = [...this.#consumptions].map(({ group, topics }) => unheardBy(admin, group, topics));
    return (await within(answerWithin, 'Asking for offsets', Promise.all(asked))).flat();
  }

  /**
   * A fresh broker opens its port long before it can serve: it answers the first InitProducerId, FindCoordinator and JoinGroup with "loading".
   * So a coordinator is asked for a group that nobody has, and the producer gets its id, before anybody is told that we are ready.
   */
  async ready() {
    if (this.#closed) return false;
    try {
      const admin = await this.#asking();
      await within(answerWithin, 'Asking for a coordinator', admin.describeGroups(['recourse-readiness']));
      await within(answerWithin, 'Getting a producer id', this.#speaking());
      return (this.#wasReady = true);
    } catch {
      this.#admin = dropped(this.#admin);
      return false;
    }
  }

  async close() {
    this.#closed = true;
    await Promise.all([...this.#consumptions].map((consumption) => consumption.stop()));
    const leaving = [this.#producer, this.#admin].flatMap((client) => (client ? [client.then((it) => it.disconnect())] : []));
    await within(answerWithin, 'Saying good-bye', Promise.allSettled(leaving)).catch(() => undefined);
    this.#producer = this.#admin = undefined;
  }

  #speaking(): Promise<Producer> {
    return (this.#producer ??= this.#connected((kafka, { Partitioners }) =>
      kafka.producer({
        // Java's murmur2, named on purpose: a key goes to the same partition whoever publishes it.
        createPartitioner: Partitioners.DefaultPartitioner,
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        // Not without end, as kafkajs would: a client that we have given up must not go on telling behind the back of its successor.
        retry: { initialRetryTime: 200, maxRetryTime: 2_000, retries: 8 },
      }),
    ).catch((error: unknown) => {
      this.#producer = undefined;
      throw error;
    }));
  }

  #asking(): Promise<Admin> {
    return (this.#admin ??= this.#connected((kafka) => kafka.admin({ retry: { initialRetryTime: 100, retries: 2 } })).catch(
      (error: unknown) => {
        this.#admin = undefined;
        throw error;
      },
    ));
  }

  async #connected<Client extends { connect(): Promise<void>; disconnect(): Promise<void> }>(
    make: (kafka: Kafka, kafkajs: Awaited<ReturnType<typeof loadKafkajs>>) => Client,
  ): Promise<Client> {
    const kafkajs = await loadKafkajs();
    const client = make(newKafka(kafkajs, this.options, this.#voice), kafkajs);
    try {
      await within(answerWithin, 'Connecting to Kafka', client.connect());
      return client;
    } catch (error) {
      void client.disconnect().catch(() => undefined);
      throw error;
    }
  }

  async #learnPartitions(names: readonly string[]) {
    const admin = await this.#asking();
    const { topics } = await within(answerWithin, 'Asking for partitions', admin.fetchTopicMetadata({ topics: [...names] }));
    for (const { name, partitions } of topics) this.#partitions.set(name, partitions.length);
  }
}

/** Forgets a client and lets it go in the background: it may hang on the connection that made us drop it. */
const dropped = (client: Promise<{ disconnect(): Promise<void> }> | undefined): undefined => {
  void client?.then((it) => it.disconnect()).catch(() => undefined);
  return undefined;
};

const isTooLarge = (error: unknown): boolean => {
  const { type, cause } = error as { type?: string; cause?: unknown };
  return type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE' || (cause !== undefined && isTooLarge(cause));
};
