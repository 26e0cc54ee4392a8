import { hash } from 'node:crypto';
import { canonicalPart } from './canonicalising.js';
import type { By, Instant, NewEvent } from './record.js';

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

/**
 * An event whose record is written but for its version and `prev`, which are known only when its turn comes. In the order of RFC 8785 these
 * two stand apart from each other, so the text comes in three pieces; `bytes` is the size of the whole.
 */
export type Draft = {
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly sv: number;
  readonly beforePrev: string;
  readonly beforeVersion: string;
  readonly bytes: number;
};

export const largestRecord = 8 * 1024;
/** `prev` of a stream's first event. */
export const noLeaf = Buffer.alloc(32);
/** SHA-256 in base64url, and a version of as many digits as a stream may reach. */
const leafLength = 43;
const versionLength = 10;

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
export const leafOf = (record: string): Buffer => hash('sha256', `\0${record}`, 'buffer');

/** Everything of a record that does not depend on where it stands. The members are written in the order of RFC 8785. */
export const draft = (event: NewEvent, { id, stream }: Pick<Place, 'id' | 'stream'>, told: Circumstances, sv = 1): Draft => {
  const { type, sealed, attachments, eff, approval, corrects, ...data } = event;
  const beforePrev =
    '{' +
    (approval ? `"approval":${canonicalPart({ by: approval.by, at: instant(approval.at, 'approval/at') }, '/approval')},` : '') +
    `"at":"${instant(told.at, 'at')}",` +
    (attachments?.length ? `"attachments":${canonicalPart(attachments.map(onlyAttachment), '/attachments')},` : '') +
    `"by":${canonicalPart(told.by, '/by')},` +
    (told.cause ? `"cause":${canonicalPart(told.cause, '/cause')},` : '') +
    `"corr":${canonicalPart(told.corr, '/corr')},` +
    (corrects ? `"corrects":${canonicalPart(corrects, '/corrects')},` : '') +
    `"data":${canonicalPart(data, '/data')},` +
    (eff ? `"eff":"${instant(eff, 'eff')}",` : '') +
    `"f":"recourse/record/v1","id":${canonicalPart(id, '/id')},"prev":"`;
  const beforeVersion =
    '",' +
    (sealed?.length ? `"sealed":${canonicalPart(sealed.map(onlySealedRef), '/sealed')},` : '') +
    `"stream":${canonicalPart(stream, '/stream')},"sv":${sv},"tenant":${canonicalPart(told.tenant, '/tenant')},` +
    `"type":${canonicalPart(type, '/type')},"version":`;
  const bytes = Buffer.byteLength(beforePrev) + leafLength + Buffer.byteLength(beforeVersion) + versionLength + 1;
  if (bytes > largestRecord) throw new RecordTooLarge(type, bytes);
  return { id, stream, type, sv, beforePrev, beforeVersion, bytes };
};

/** The draft in its place. */
export const placed = ({ id, stream, type, sv, beforePrev, beforeVersion }: Draft, version: number, prev: Buffer): Stamped => {
  const record = `${beforePrev}${prev.toString('base64url')}${beforeVersion}${version}}`;
  return { id, stream, version, prev, type, sv, record, leaf: leafOf(record) };
};

export const stamp = (event: NewEvent, { version, prev, ...place }: Place, told: Circumstances): Stamped =>
  placed(draft(event, place, told), version, prev);

const onlySealedRef = ({ id, group, key, h }: NonNullable<NewEvent['sealed']>[number]) => ({ id, group, key, h });
const onlyAttachment = ({ h, n }: NonNullable<NewEvent['attachments']>[number]) => ({ h, n });

const instant = (text: Instant, member: string): Instant => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text))
    throw new TypeError(`${member} must be an instant with milliseconds and Z, not ${text}`);
  return text;
};
