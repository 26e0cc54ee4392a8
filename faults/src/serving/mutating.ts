import type { FaultKind } from '../checking/finding.js';
import type { EventStore } from '@recourse/event-store';
import type { OutgoingMessage, Transport } from '@recourse/relay';

/** Ways to break a promise on purpose: a checker that does not notice them proves nothing. */
export const mutations = ['mark-before-ack', 'drop-inbox', 'naive-reader'] as const;
export type Mutation = (typeof mutations)[number];

/** What of each has to be found, and not some other fault by chance. */
export const foundAs: Readonly<Record<Mutation, FaultKind>> = {
  'mark-before-ack': 'lost',
  'drop-inbox': 'doubled',
  'naive-reader': 'lost',
};

/** Says that the carrier has a message before it has it, so that the relay's cursor moves first: what a kill meets in between is lost. */
export const markingBeforeAck = (transport: Transport, every = 300): Transport => {
  let coming: OutgoingMessage[] = [];
  let last = Promise.resolve();
  setInterval(() => {
    const messages = coming;
    coming = [];
    last = last.then(() => transport.publish(messages)).catch(() => undefined);
  }, every).unref();
  return {
    name: transport.name,
    prepare: (topics) => transport.prepare(topics),
    beat: (messages) => transport.beat(messages),
    consume: (group, topics, hear) => transport.consume(group, topics, hear),
    ready: () => transport.ready(),
    unheard: () => transport.unheard(),
    close: () => transport.close(),
    publish: async (messages) => void coming.push(...messages),
  };
};

/** A store that forgets keys: an inbox upon it does not know what it has heard. */
export const forgettingKeys = (store: EventStore): EventStore => ({
  service: store.service,
  append: async ({ key: _forgotten, ...request }) =>
    request.writes.length > 0 ? store.append(request) : { kind: 'appended', positions: [], versions: {} },
  readStream: (stream, until) => store.readStream(stream, until),
  readPages: (stream, until) => store.readPages(stream, until),
  readLog: (after, limit) => store.readLog(after, limit),
  head: () => store.head(),
  answered: async () => undefined,
  blobs: (ids) => store.blobs(ids),
  now: (tenant) => store.now(tenant),
  waitFor: (position, ms, signal) => store.waitFor(position, ms, signal),
});
