import { byPrefix, Foldings, type EventStore, type Histories, type Recorded } from '@recourse/event-store';
import type { Announce, Message } from './message.js';
import { messagesOf } from './telling.js';

export type Announcing = {
  readonly service: string;
  readonly store: EventStore;
  /** By stream prefix; what is left out is not announced. */
  readonly announce: Readonly<Record<string, Announce>>;
  /** By stream prefix; `announce` is given the history as it stood at the event. */
  readonly histories: Histories;
  /** The topics this service alone speaks on. */
  readonly topics: readonly string[];
};

/** What a record says to the neighbours, with the history folded up to it and the sealed bytes beside it. Walk the log in order: it remembers. */
export const announced = ({
  service,
  store,
  announce,
  histories,
  topics,
}: Announcing): ((record: Recorded) => Promise<readonly Message[]>) => {
  const foldings = new Foldings(store, histories);
  return async (record) => {
    const speak = byPrefix(announce, record.stream);
    if (!speak) return [];
    const announcements = speak(record, await foldings.at(record));
    // One speaker per topic: otherwise nobody could say that everything on it has been told.
    for (const { topic } of announcements) if (!topics.includes(topic)) throw new Error(`${service} does not speak on ${topic}.`);
    const blobs = await store.blobs(announcements.flatMap(({ sealed = [] }) => sealed.map(({ id }) => id)));
    return messagesOf(record, announcements, service, blobs);
  };
};
