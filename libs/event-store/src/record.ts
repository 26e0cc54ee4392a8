/** The record, as it is stored, hashed and told: see docs/decisions/0001-the-record.md. */

/** RFC 3339 UTC with milliseconds, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
export type Instant = string;

/** Who did it: a pseudonymous actor (never a name), in which role, through which client; `for` names the subject a platform acts for. */
export type By = { readonly actor: string; readonly role: string; readonly client: string; readonly for?: string };

/** Points from a record to a sealed group beside it. `h` is the SHA-256 (base64url) of the blob, `key` the id of the data key. */
export type SealedRef = { readonly id: string; readonly group: string; readonly key: string; readonly h: string };
/** The sealed bytes themselves; they travel beside a record, never in it. */
export type SealedBlob = { readonly id: string; readonly h: string; readonly blob: Uint8Array };

/** What was attached: SHA-256 (base64url) of the stored bytes and their number. */
export type Attachment = { readonly h: string; readonly n: number };

export type Approval = { readonly by: string; readonly at: Instant };

/** An event as a decision returns it. These members go to the top of the record; every other member becomes `data`. */
export type EventMeta = {
  readonly sealed?: readonly SealedRef[];
  readonly attachments?: readonly Attachment[];
  readonly eff?: Instant;
  readonly approval?: Approval;
  readonly corrects?: string;
};
export type NewEvent = { readonly type: string } & EventMeta;

/** One canonical (RFC 8785) record, parsed. */
export type RecordV1 = {
  readonly f: 'recourse/record/v1';
  readonly type: string;
  readonly sv: number;
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly tenant: string;
  readonly at: Instant;
  readonly by: By;
  readonly corr: string;
  readonly cause?: string;
  readonly prev: string;
  readonly data: Readonly<Record<string, unknown>>;
} & EventMeta;

/** A record in its log. `text` is the exact canonical text, `leaf` its hash (base64url), `position` its gap-free number, from 0. */
export type Recorded = RecordV1 & { readonly position: number; readonly recordedAt: Instant; readonly leaf: string; readonly text: string };

/** The event a fold sees again: data, type and meta in one object, as the decision returned it. */
export const eventOf = <Event extends { type: string }>(record: Pick<RecordV1, 'type' | 'data' | keyof EventMeta>): Event =>
  ({
    type: record.type,
    ...record.data,
    ...(record.sealed && { sealed: record.sealed }),
    ...(record.attachments && { attachments: record.attachments }),
    ...(record.eff && { eff: record.eff }),
    ...(record.approval && { approval: record.approval }),
    ...(record.corrects && { corrects: record.corrects }),
  }) as unknown as Event;
