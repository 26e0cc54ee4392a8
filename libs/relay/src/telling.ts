import type { Recorded, SealedBlob, SealedRef } from '@recourse/event-store';
import { envelope } from './enveloping.js';
import type { Announcement, Message, SealedEntry } from './message.js';
import { recordsTopic } from './topics.js';
import type { OutgoingMessage } from './transport.js';

export type Blobs = ReadonlyMap<string, SealedBlob>;

/** What a record has to say to the neighbours, ready to be carried. The same record says the same, however often it is told. */
export const messagesOf = (record: Recorded, announcements: readonly Announcement[], service: string, blobs: Blobs): readonly Message[] => {
  const said = new Map<string, number>();
  return announcements.map(({ topic, key, type, version = 1, data, sealed = [] }) => {
    const name = `${record.id}.${type}.v${version}`;
    const times = (said.get(name) ?? 0) + 1;
    said.set(name, times);
    return {
      // One event may say the same thing to two keys: they are two messages.
      id: times === 1 ? name : `${name}.${times}`,
      type,
      version,
      source: service,
      topic,
      key,
      tenant: record.tenant,
      time: record.at,
      corr: record.corr,
      cause: record.id,
      stream: record.stream,
      streamVersion: record.version,
      data,
      sealed: entriesOf(sealed, blobs),
    };
  });
};

/**
 * A record as the notary gets it. The id holds position and leaf: a record told twice is one message, while two records at one position, or one
 * at two, are two, and the notary sees both. The key is the origin: its records stay in the order of its log.
 */
export const recordMessage = (record: Recorded, service: string, partition: number, blobs: Blobs, domain?: string): OutgoingMessage =>
  envelope(
    {
      id: `${record.position}.${record.leaf}.Record.v1`,
      type: 'Record',
      version: 1,
      source: service,
      topic: recordsTopic,
      key: service,
      tenant: record.tenant,
      time: record.at,
      corr: record.corr,
      cause: record.id,
      stream: record.stream,
      streamVersion: record.version,
      position: record.position,
      data: { record: record.text, recordedAt: record.recordedAt },
      sealed: entriesOf(record.sealed ?? [], blobs)
        .filter(({ blob }) => blob !== '')
        .map(({ id, h, blob }) => ({ id, h, blob })) as unknown as readonly SealedEntry[],
    },
    { partition, ...(domain && { domain }) },
  );

/** Of a group that has been erased the bytes are gone and the reference is told: who hears of it late has the same gap as everybody else. */
const entriesOf = (refs: readonly SealedRef[], blobs: Blobs): readonly SealedEntry[] =>
  refs.map((ref) => ({ ...ref, blob: Buffer.from(blobs.get(ref.id)?.blob ?? []).toString('base64url') }));
