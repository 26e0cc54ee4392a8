import { stamp, type NewEvent, type SealedBlob } from '@recourse/event-store';
import type { HeardMessage } from '@recourse/relay';
import { v7 as uuid } from 'uuid';

type About = {
  readonly corr?: string;
  readonly tenant?: string;
  /** The sealed bytes that are told with it. */
  readonly blobs?: readonly SealedBlob[];
  readonly by?: { readonly actor: string; readonly role: string; readonly client: string };
};

const nobody = { actor: 'service:test', role: 'service', client: 'test' };
const noLeaf = Buffer.alloc(32);

/** One service's log, as it would be told on recourse.records.v1: real records with real leaves. */
export class TestLog {
  private readonly leaves = new Map<string, Buffer[]>();
  private position = -1;

  constructor(
    readonly origin: string,
    private readonly clock: () => string,
  ) {}

  /** Appends an event and returns the message that tells of it. */
  tell(
    stream: string,
    event: NewEvent & Readonly<Record<string, unknown>>,
    { corr = stream, tenant = 'quanpay', by = nobody, blobs = [] }: About = {},
  ): HeardMessage {
    const before = this.leaves.get(stream) ?? [];
    const stamped = stamp(
      event,
      { id: uuid(), stream, version: before.length, prev: before.at(-1) ?? noLeaf },
      { tenant, at: this.clock(), by, corr },
    );
    this.leaves.set(stream, [...before, stamped.leaf]);
    this.position++;
    return this.message(this.position, stamped.record, this.clock(), blobs);
  }

  /** Any text under any position: what a liar would tell. */
  message(position: number, record: string, recordedAt: string, blobs: readonly SealedBlob[] = []): HeardMessage {
    return {
      topic: 'recourse.records.v1',
      key: this.origin,
      partition: 0,
      offset: String(position),
      headers: { ce_source: `/services/${this.origin}`, ce_position: String(position), ce_tenantid: 'quanpay' },
      value: JSON.stringify({
        ...{ record, recordedAt },
        sealed: blobs.map(({ id, h, blob }) => ({ id, h, blob: Buffer.from(blob).toString('base64url') })),
      }),
    };
  }
}

/** A second passes at each look. */
export const testClock = (from = '2026-11-18T02:00:00.000Z'): (() => string) => {
  let now = Date.parse(from);
  return () => new Date((now += 1000)).toISOString();
};
