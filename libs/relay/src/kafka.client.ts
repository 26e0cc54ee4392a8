import type { Kafka, KafkaConfig, logLevel, LogEntry } from 'kafkajs';
import type { Log } from './transport.js';

export type Kafkajs = typeof import('kafkajs');
export type KafkaOptions = {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly log?: Log;
  /** TLS: an authority other than the public ones, and a certificate of our own where the brokers ask for one. */
  readonly ssl?: boolean | { readonly ca?: readonly Buffer[]; readonly cert?: Buffer; readonly key?: Buffer };
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string };
  /** Of topics that are made here; as many as there are brokers, three at most, unless said otherwise. */
  readonly replication?: number;
  /** How long a limited topic is kept. Milliseconds; a week unless said otherwise. */
  readonly keep?: number;
  /** After how much silence a group takes a member for dead. Milliseconds; 30 s unless said otherwise, and not below what the broker allows (6 s). */
  readonly session?: number;
};

let loaded: Promise<Kafkajs> | undefined;

/** Loaded at first use: 15 MB that a house on the embedded bus never pays. */
export const loadKafkajs = (): Promise<Kafkajs> =>
  (loaded ??= (async () => {
    const { default: kafkajs } = (await import('kafkajs')) as unknown as { default: Kafkajs };
    await stopIdleTimer();
    return kafkajs;
  })());

/**
 * kafkajs 2.2.4 plans a look at its pending requests even when none is pending: per connection a timer that fires every millisecond for
 * ever, about half a core in a house that does nothing, and a TimeoutNegativeWarning on newer Node (its issue 1751). With nothing pending
 * there is nothing to look at; the next request that has to wait plans the look itself.
 *
 * This guard is put in here, at run time, and not by a patch file: a patch needs patch-package and a postinstall script, and neither is
 * there in a production image (npm ci --omit=dev --ignore-scripts). kafkajs is pinned exactly, and a version without this method fails
 * here, at once and loudly. kafka.client.spec.ts counts the timers.
 */
const stopIdleTimer = async () => {
  const { default: RequestQueue } = await import('kafkajs/src/network/requestQueue/index.js');
  const plan = RequestQueue.prototype.scheduleCheckPendingRequests;
  if (typeof plan !== 'function') throw new Error('This kafkajs is not the version its guard was written for.');
  if (plan.name === 'planWhenSomethingWaits') return;
  RequestQueue.prototype.scheduleCheckPendingRequests = function planWhenSomethingWaits() {
    if (this.pending.length > 0) plan.call(this);
  };
};

/**
 * A fresh client, never one that has failed: kafkajs retries on the same connection with the same metadata, so one that met a silent
 * partition stays in it for as long as TCP does.
 */
export const newKafka = ({ Kafka, logLevel }: Kafkajs, options: KafkaOptions, voice: Voice): Kafka =>
  new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 3_000,
    authenticationTimeout: 5_000,
    requestTimeout: 10_000,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 5 },
    ...(options.ssl && { ssl: options.ssl as NonNullable<KafkaConfig['ssl']> }),
    ...(options.sasl && { sasl: options.sasl as NonNullable<KafkaConfig['sasl']> }),
    logLevel: logLevel.WARN as logLevel,
    logCreator: () => (entry) => voice(entry),
  });

export type Voice = (entry: LogEntry) => void;

/**
 * What kafkajs calls an error it mostly retries; what is lost for good comes back to us as a rejected promise and is logged by whoever asked.
 * So its errors are our warnings, its warnings are details, each sentence at most every ten seconds, and none of them a warning before the
 * carrier has been ready once: a first start is not an accident.
 */
export const voiceOf = (log: Log, wasReady: () => boolean): Voice => {
  const said = new Map<string, number>();
  return ({ level, namespace, log: { message, broker, groupId, error } }) => {
    const now = Date.now();
    if (now - (said.get(message) ?? -Infinity) < 10_000) return;
    if (said.size > 200) said.clear();
    said.set(message, now);
    const about = { namespace, broker, groupId, error: typeof error === 'string' ? error : undefined };
    log[level === 1 && wasReady() ? 'warn' : 'debug'](about, `kafkajs: ${message}`);
  };
};

/** Rejects when it takes longer: kafkajs itself may wait for as long as TCP does. */
export const within = <Value>(ms: number, what: string, promise: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms.`)), ms);
  });
  return Promise.race([promise, tooLate]).finally(() => clearTimeout(timer));
};
