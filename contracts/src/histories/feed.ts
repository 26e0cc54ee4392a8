import type { Past } from './past.js';

/** One message as the platform reads it: polled from /v1/events and posted to its endpoints, word for word the same. */
export type PlatformMessage = {
  /** Dense: 1, 2, 3, … for this platform. A missing number is a missing message. */
  readonly number: number;
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  /** Whose log it comes from, and where in its stream: order within a stream is promised. */
  readonly source: { readonly service: string; readonly stream: string; readonly version: number };
  readonly matter?: string;
  readonly data: Readonly<Record<string, unknown>>;
};

type Said = {
  readonly message: string;
  /** The message's type. */
  readonly said: string;
  readonly source: string;
  readonly stream: string;
  readonly streamVersion: number;
  readonly time: string;
  readonly matter?: string;
  readonly body: PlatformMessage['data'];
};

/** One record of a feed as the message it holds. */
export const platformMessage = ({ type, data, version }: Pick<Past, 'type' | 'data' | 'version'>): PlatformMessage => {
  if (type !== 'PlatformTold') throw new Error(`unknown to a feed: ${type}`);
  const said = data as unknown as Said;
  const source = { service: said.source, stream: said.stream, version: said.streamVersion };
  return {
    number: version + 1,
    id: said.message,
    type: said.said,
    timestamp: said.time,
    source,
    ...(said.matter && { matter: said.matter }),
    data: said.body,
  };
};

/** A feed has no state but its last message. */
export type FeedHistory = { readonly last: PlatformMessage };

export const feedHistory = (_history: FeedHistory | undefined, record: Past): FeedHistory => ({ last: platformMessage(record) });
