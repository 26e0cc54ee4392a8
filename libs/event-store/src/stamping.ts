import { createHash } from 'node:crypto';
import { canonical } from './canonicalising.js';
import type { By, Instant, NewEvent, RecordV1 } from './record.js';

/** What all events of one request share. */
export type Circumstances = {
  readonly tenant: string;
  readonly at: Instant;
  readonly by: By;
  readonly corr: string;
  readonly cause?: string;
};

/** Where an event stands: after the event whose leaf is `prev`. */
export type Place = { readonly id: string; readonly stream: string; readonly version: number; readonly prev: Buffer };

/** An event in its final form: these are the bytes that are stored, hashed, told and shown to an auditor. */
export type Stamped = Place & { readonly type: string; readonly sv: number; readonly record: string; readonly leaf: Buffer };

export const largestRecord = 8 * 1024;
/** `prev` of a stream's first event. */
export const noLeaf = Buffer.alloc(32);

/** A record holds what was decided, not documents: those go into sealed groups or evidence. */
export class RecordTooLarge extends RangeError {
  constructor(
    readonly type: string,
    readonly bytes: number,
  ) {
    super(`The record of a ${type} would have ${bytes} bytes; ${largestRecord} are allowed.`);
    this.name = 'RecordTooLarge';
  }
}

/** leaf = SHA-256(0x00 || record), the leaf hash of RFC 6962, so that a position of the log is a leaf of its Merkle tree. */
export const leafOf = (record: string): Buffer => createHash('sha256').update('\0').update(record, 'utf8').digest();

export const stamp = (event: NewEvent, place: Place, told: Circumstances): Stamped => {
  const { type, sealed, attachments, eff, approval, corrects, ...data } = event;
  const sv = 1; // rises when a type's data changes its shape; the old shape stays readable for ever
  const record: RecordV1 = {
    f: 'recourse/record/v1',
    type,
    sv,
    id: place.id,
    stream: place.stream,
    version: place.version,
    tenant: told.tenant,
    at: instant(told.at, 'at'),
    by: withoutGaps(told.by),
    corr: told.corr,
    prev: place.prev.toString('base64url'),
    data: withoutGaps(data),
    ...(told.cause && { cause: told.cause }),
    ...(sealed?.length && { sealed: sealed.map(({ id, group, key, h }) => ({ id, group, key, h })) }),
    ...(attachments?.length && { attachments: attachments.map(({ h, n }) => ({ h, n })) }),
    ...(eff && { eff: instant(eff, 'eff') }),
    ...(approval && { approval: { by: approval.by, at: instant(approval.at, 'approval/at') } }),
    ...(corrects && { corrects }),
  };
  const text = canonical(record);
  const bytes = Buffer.byteLength(text);
  if (bytes > largestRecord) throw new RecordTooLarge(type, bytes);
  return { ...place, type, sv, record: text, leaf: leafOf(text) };
};

const instant = (text: Instant, member: string): Instant => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text))
    throw new TypeError(`${member} must be an instant with milliseconds and Z, not ${text}`);
  return text;
};

/** A member that is undefined is a member that is absent: said here once, so that canonical() can stay strict. */
const withoutGaps = <Value>(value: Value): Value => {
  if (Array.isArray(value)) return value.map(withoutGaps) as Value;
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(Object.getPrototypeOf(value) ?? {}) !== null) return value;
  const present = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(present.map(([key, member]) => [key, withoutGaps(member)])) as Value;
};
