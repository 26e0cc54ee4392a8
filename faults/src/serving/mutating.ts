import type { EventStore } from '@recourse/event-store';
import type { OutgoingMessage, Transport } from '@recourse/relay';

/** Ways to break a promise on purpose: a checker that does not notice them proves nothing. */
export const mutations = ['mark-before-ack', 'drop-inbox', 'naive-reader'] as const;
export type Mutation = (typeof mutations)[number];

/** Says that the carrier has a message before it has it, so that the relay's cursor moves first: what a kill meets in between is lost. */
export const markingBeforeAck = (transport: Transport, delay = 400): Transport => {
  let last = Promise.resolve();
  return {
    name: transport.name,
    prepare: (topics) => transport.prepare(topics),
    beat: (messages) => transport.beat(messages),
    consume: (group, topics, hear) => transport.consume(group, topics, hear),
    unheard: () => transport.unheard(),
    ready: () => transport.ready(),
    close: () => transport.close(),
    publish: async (messages: readonly OutgoingMessage[]) => {
      const carried = async () => {
        await new Promise((resolve) => setTimeout(resolve, delay));
        await transport.publish(messages);
      };
      last = last.then(carried).catch(() => undefined);
    },
  };
};

/** A store that forgets keys: an inbox upon it does not know what it has heard. */
export const forgettingKeys = (store: EventStore): EventStore => ({
  service: store.service,
  append: async ({ key: _forgotten, ...request }) =>
    request.writes.length > 0 ? store.append(request) : { kind: 'appended', positions: [], versions: {} },
  readStream: (stream, until) => store.readStream(stream, until),
  readLog: (after, limit) => store.readLog(after, limit),
  head: () => store.head(),
  answered: async () => undefined,
  blobs: (ids) => store.blobs(ids),
  now: (tenant) => store.now(tenant),
  waitFor: (position, ms, signal) => store.waitFor(position, ms, signal),
});
