import { eventOf, follow, handling, part, type EventStore, type Follower, type Pace, type Recorded } from '@recourse/event-store';
import { rewindRelay, WaitingKeys } from '@recourse/relay';
import type pg from 'pg';
import type { Log } from '../logging.js';
import { operatedTypes } from './operations.migration.js';
import type { TellingEvent } from './rewinding.js';
import { waitingKey, type WaitingKeyCommand } from './skipping.js';
import type { WaitingKeyEvent } from './waiting-key.js';

type Operating = {
  readonly service: string;
  readonly store: EventStore;
  readonly pool: pg.Pool;
  readonly log: Log;
  readonly pace?: Pace;
};

/** The message is being tried at this moment: the skip waits until that has come to an end. */
class InHand extends Error {
  constructor() {
    super('A message that is to be skipped is being tried at this moment.');
    this.name = 'InHand';
  }
}

/**
 * Carries out what operators decided, by following the own log: a decision is an event first, so a process that dies in between leaves it to the next
 * one. Each effect is harmless when it happens twice, and one instance at a time follows.
 */
export const startOperating = ({ service, store, pool, log, pace }: Operating): Follower => {
  const waiting = new WaitingKeys(pool);
  const carryOut = handling(store);
  const by = { actor: `service:${service}`, role: 'service', client: service };

  const note = async (record: Recorded, command: Pick<WaitingKeyCommand, 'type'> & { readonly request: string }) => {
    const { stream, tenant, corr, id } = record;
    const told = { ...command, by, at: store.now() } as WaitingKeyCommand;
    await carryOut({ tenant, corr, cause: id, parts: [part(waitingKey, stream, told)] });
  };

  /** First nobody may try the message any more, then it is said to be skipped, then it goes. Each step may be done again after a crash. */
  const skip = async (record: Recorded, { request, message }: { readonly request: string; readonly message: string }) => {
    const key = record.stream.replace(/^parked-/, '');
    const marked = await waiting.mark(key, message, request);
    if (marked === 'in-hand') throw new InHand();
    if (marked === 'overtaken') return note(record, { type: 'NoteOvertaken', request });
    await note(record, { type: 'NoteSkipped', request });
    await waiting.letGo(key, message, request);
    log.warn({ key, message, request }, 'A message was skipped: two people said so.');
  };

  const effects: Readonly<Record<(typeof operatedTypes)[number], (record: Recorded) => Promise<unknown>>> = {
    ParkedKeyRetried: (record) => waiting.retry(eventOf<Extract<WaitingKeyEvent, { type: 'ParkedKeyRetried' }>>(record).key),
    SkipApproved: (record) => skip(record, eventOf<Extract<WaitingKeyEvent, { type: 'SkipApproved' }>>(record)),
    RelayRewound: (record) => {
      const { cursor, position } = eventOf<TellingEvent>(record);
      return rewindRelay(pool, cursor, position);
    },
  };
  return follow({
    name: 'operations',
    types: operatedTypes,
    store,
    pool,
    handle: async (records, over) => {
      for (const record of records) {
        if (over.aborted) throw new Error('stopping');
        await effects[record.type as keyof typeof effects](record);
      }
    },
    ...(pace && { pace }),
    failed: (error) => {
      const level = (error as Error).name === 'InHand' || (error as Error).message === 'stopping' ? 'debug' : 'error';
      log[level]({ err: error }, 'what an operator decided cannot be carried out yet');
    },
  });
};
