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

export interface Consumption {
  /** Finishes the message in hand, commits, leaves the group. */
  stop(): Promise<void>;
}

export interface Transport {
  readonly name: 'kafka' | 'postgres';
  /** Creates what is missing; never by a client's first use. */
  prepare(topics: readonly { topic: string; partitions: number; retention: 'for-ever' | 'limited' }[]): Promise<void>;
  /** Resolves when every message is safely with the carrier (acks=all), in the order given. */
  publish(messages: readonly OutgoingMessage[]): Promise<void>;
  /**
   * Hears every message of the topics at least once, from the beginning for a new group, per key in order, with one member of the
   * group working on a key at a time. The offset moves only after `hear` resolved; when it rejects, the message is heard again.
   */
  consume(group: string, topics: readonly string[], hear: (message: HeardMessage) => Promise<void>): Promise<Consumption>;
  /** True when messages can be carried now (a coordinator answers, not only a port). */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
