/** The one port between the services and whatever carries their messages. No type of kafkajs or pg leaves libs/relay. */

export type OutgoingMessage = {
  readonly topic: string;
  /** Order is kept per key. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
  /** Only recourse.records.v1 names its partition: one per origin. */
  readonly partition?: number;
};
export type HeardMessage = OutgoingMessage & { readonly partition: number; readonly offset: string };

/** `limited`: kept for a week at least, and until every group has heard it where the carrier knows its groups. */
export type TopicPlan = { readonly topic: string; readonly partitions: number; readonly retention: 'for-ever' | 'limited' };

export interface Consumption {
  /** Finishes the messages in hand, commits, leaves the group. */
  stop(): Promise<void>;
}

/** How many messages of a partition a group has still to hear. Signs of life count where they travel as messages. */
export type Unheard = { readonly group: string; readonly topic: string; readonly partition: number; readonly messages: number };

export interface Transport {
  readonly name: 'kafka' | 'postgres';
  /** Creates what is missing; never by a client's first use. */
  prepare(topics: readonly TopicPlan[]): Promise<void>;
  /**
   * Resolves when every message is safely with the carrier (acks=all), in the order given. Rejects with CarrierRefuses when a message can
   * never be carried as it is, with any other error when trying again may help; part of the messages may then have been carried.
   */
  publish(messages: readonly OutgoingMessage[]): Promise<void>;
  /**
   * A sign of life, one message per topic: every partition hears it after everything published before it. Only the newest one matters, so a
   * carrier may drop older ones, and each carries the header `ce_partitions`, the number of partitions it was said on.
   */
  beat(messages: readonly OutgoingMessage[]): Promise<void>;
  /**
   * Hears every message of the topics at least once, from the beginning for a new group, per key in order, with one member of the group
   * working on a key at a time. The offset moves only after `hear` resolved; when it rejects, the message is heard again. `hear` may take
   * as long as it needs. Resolves at once: topics and carrier may come later.
   */
  consume(group: string, topics: readonly string[], hear: (message: HeardMessage) => Promise<void>): Promise<Consumption>;
  /** What the groups that consume through this client have still to hear. Rejects while the carrier does not answer. */
  unheard(): Promise<readonly Unheard[]>;
  /** True when messages can be carried now (a coordinator answers, not only a port). Never rejects. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}

/** The carrier will never take this message as it is (too large): asking again does not help, the key has to wait for a person. */
export class CarrierRefuses extends Error {
  constructor(readonly why: 'too-large') {
    super(`The carrier refuses a message: ${why}.`);
    this.name = 'CarrierRefuses';
  }
}

/** What a message may weigh, headers included; both carriers are set to it. */
export const heaviestMessage = 4 * 1024 * 1024;

/** Roughly what a carrier counts: key, headers and value in UTF-8. */
export const weightOf = ({ key, headers, value }: OutgoingMessage): number =>
  [key, value, ...Object.entries(headers).flat()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** Where the adapters and workers of this library say what happened; pino's shape. No personal data goes in. */
export type Log = Readonly<Record<'debug' | 'info' | 'warn' | 'error', (about: object, sentence: string) => void>>;
export const silence: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
