import { randomUUID } from 'node:crypto';
import type { Decider } from '@recourse/decider';
import { part, type By, type Instant, type NewEvent } from '@recourse/event-store';
import { testStore, type TestStore } from '@recourse/event-store/testing';
import type { Announce, Message } from '../message.js';
import { envelope } from '../enveloping.js';
import type { Hearing, Reaction } from '../hearing.js';
import { relayMigrations } from '../relay.migration.js';
import type { OutgoingMessage } from '../transport.js';

/**
 * A service that writes down every message it hears, on one stream per key, and would write it down twice if it were let: nothing but the inbox
 * keeps an effect from happening twice.
 */
type Tally = { readonly type: 'Tally'; readonly text: string; readonly by: By; readonly at: Instant };
type Tallied = { readonly type: 'Tallied'; readonly text: string };
export const tallying: Decider<Tally, Tallied, null> = {
  initial: null,
  decide: ({ text }) => [{ type: 'Tallied', text }],
  evolve: () => null,
};

export const tallyOf = (key: string) => `tally-${key}`;
/** What a message does to a tally. */
export const tallies = (key: string, text: string): Reaction => {
  const stream = tallyOf(key);
  return { stream, corr: key, parts: ({ by, at }) => [part(tallying, stream, { type: 'Tally', text, by, at })] };
};
export const tallyHearing = (topic: string, before: (message: Message) => void | Promise<void> = () => undefined): Hearing => ({
  consumer: 'tally',
  topics: [topic],
  react: async (message) => {
    await before(message);
    return [tallies(message.key, String(message.data['text']))];
  },
});

/** A message as a neighbour's relay tells it. */
export const aTelling = (topic: string, key: string, text: string, more: Partial<Message> = {}): OutgoingMessage =>
  envelope({
    id: `${key}.${text}.Said.v1`,
    type: 'Said',
    version: 1,
    source: 'neighbour',
    topic,
    key,
    tenant: 'quanpay',
    time: '2026-11-18T02:14:00.000Z',
    corr: key,
    cause: randomUUID(),
    stream: `case-${key}`,
    streamVersion: 0,
    data: { text },
    sealed: [],
    ...more,
  });

/** What a service's log says about a tally. */
export const textsOf = async ({ store }: Pick<TestStore, 'store'>, key: string): Promise<readonly string[]> =>
  (await store.readStream(tallyOf(key))).map(({ data }) => String(data['text']));

/** A service with its own database, relay and inbox tables included. */
export const aService = (service = 'hearer'): Promise<TestStore> => testStore({ service, migrations: relayMigrations as never });

/** Every `Said` of a case is announced under the case's stream as key. */
export const announceSaid =
  (topic: string): Announce =>
  ({ stream, type, data }) =>
    type === 'Said' ? [{ topic, key: stream, type: 'Said', data: { text: data['text'] } }] : [];
export const said = (text: string) => ({ type: 'Said', text }) as NewEvent;
export const saidHistory = { initial: null, evolve: () => null };
