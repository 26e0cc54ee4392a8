import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { noLeaf, stamp, type AppendRequest, type By, type Expected, type NewEvent, type SealedBlob } from '@recourse/event-store';

/** Bytes of every record that is appended here, as long as a usual one of the house. */
export const recordBytes = 850;
/** Bytes of a sealed group beside it. */
export const sealedBytes = 260;

export const by: By = { actor: 'agent-0417', role: 'agent', client: 'desk' };
const tenant = 'quanpay';
const at = '2026-11-23T08:00:00.000Z';
const blob = randomBytes(sealedBytes);
const h = createHash('sha256').update(blob).digest('base64url');

/** What a contact leaves behind, filled up until the stamped record has exactly the bytes asked for. */
const contactOf = (bytes: number, sealed: boolean): NewEvent => {
  const refs = sealed ? [{ id: randomUUID(), group: 'contact', key: randomUUID(), h }] : [];
  const event = {
    type: 'ContactRecorded',
    channel: 'telephone',
    direction: 'incoming',
    badge: '0417',
    topic: 'payment-not-received',
    amount: { minor: 128_000, currency: 'CNY' },
    promised: '2026-11-25T08:00:00.000Z',
    outcome: 'callback-promised',
    filling: '',
    ...(refs.length > 0 && { sealed: refs }),
  };
  const place = { id: randomUUID(), stream: streamName(), version: 0, prev: noLeaf };
  const bare = stamp(event, place, { tenant, at, by, corr: randomUUID() }).record.length;
  if (bare > bytes) throw new RangeError(`The bare record has ${bare} bytes already; ${bytes} were asked for.`);
  return { ...event, filling: 'x'.repeat(bytes - bare) } as NewEvent;
};

export const streamName = (): string => `case-${randomUUID()}`;

const bareContact = contactOf(recordBytes, false);
const sealedContact = contactOf(recordBytes, true);

/** A first event of a new stream: `full` brings a request key with its answer and one sealed group. */
export const requestOf = (full: boolean): AppendRequest => {
  const stream = streamName();
  if (!full) return { tenant, at, by, corr: randomUUID(), writes: [{ stream, expected: 'must-not-exist', events: [bareContact] }] };
  const [ref] = sealedContact.sealed!;
  const id = randomUUID();
  const group: SealedBlob = { id, h, blob };
  return {
    tenant,
    at,
    by,
    corr: randomUUID(),
    writes: [{ stream, expected: 'must-not-exist', events: [{ ...sealedContact, sealed: [{ ...ref!, id }] }] }],
    blobs: [group],
    key: { key: randomUUID(), fingerprint: h, kind: 'http' },
    answer: { status: 201, location: `/v1/cases/${stream}`, stream },
  };
};

/** So many events of one stream in one request, for filling a log. */
export const requestOfMany = (stream: string, expected: Expected, count: number): AppendRequest => ({
  tenant,
  at,
  by,
  corr: randomUUID(),
  writes: [{ stream, expected, events: Array.from({ length: count }, () => bareContact) }],
});

/** One event for each of these streams, in one request. */
export const requestOfOneEach = (streams: readonly string[], expected: Expected): AppendRequest => ({
  tenant,
  at,
  by,
  corr: randomUUID(),
  writes: streams.map((stream) => ({ stream, expected, events: [bareContact] })),
});

/** The exact text such an event has in the log: what a baseline inserts. */
export const sampleRecord = (): { readonly record: string; readonly leaf: Buffer; readonly blob: Buffer; readonly h: Buffer } => {
  const place = { id: randomUUID(), stream: streamName(), version: 0, prev: noLeaf };
  const { record, leaf } = stamp(bareContact, place, { tenant, at, by, corr: randomUUID() });
  return { record, leaf, blob, h: Buffer.from(h, 'base64url') };
};
