import { part, type By, type Instant, type Order } from '@recourse/event-store';
import type { Announce, Hearing, Message } from '@recourse/relay';

/** What a client asks of the service under test. `expected`: only if the stream is at this version. */
export type Asked = {
  readonly op: string;
  readonly stream: string;
  readonly events: number;
  readonly pad?: number;
  readonly expected?: number;
};

type Say = { readonly type: 'Say'; readonly by: By; readonly at: Instant } & Pick<Asked, 'op' | 'events' | 'pad'>;
type Said = { readonly type: 'Said'; readonly op: string; readonly n: number; readonly pad?: string };

/** `events` sentences of one operation. It counts what was said, so that every command reads its past. */
const saying = {
  initial: 0,
  decide: ({ op, events, pad }: Say): readonly Said[] =>
    Array.from({ length: events }, (_, n): Said => ({ type: 'Said', op, n, ...(pad && { pad: '·'.repeat(pad / 2) }) })),
  evolve: (said: number) => said + 1,
};

export const orderOf = ({ op, stream, events, pad }: Asked, at: Instant): Order => ({
  tenant: 'quanpay',
  corr: stream,
  parts: [part(saying, stream, { type: 'Say', op, events, by, at, ...(pad && { pad }) })],
  key: { key: op, fingerprint: op, kind: 'http' },
});
export const by: By = { actor: 'service:speaker', role: 'service', client: 'speaker' };

/** Which sentences are told, under their stream as key. `heavy` operations are told with more than any carrier takes. */
export const announcing =
  (topic: string): Announce =>
  ({ stream, type, data }) =>
    type === 'Said'
      ? [
          {
            topic,
            key: stream,
            type: String(data['op']).startsWith('strange-') ? 'Mumbled' : 'Said',
            data: { op: data['op'], n: data['n'], ...(String(data['op']).startsWith('heavy-') && { filler: 'x'.repeat(5_000_000) }) },
          },
        ]
      : [];
export const histories = { case: { initial: null, evolve: () => null } };

type Tally = { readonly type: 'Tally'; readonly message: string; readonly by: By; readonly at: Instant };
type Tallied = { readonly type: 'Tallied'; readonly message: string };

/** Writes down whatever it hears and would write it down twice if it were let: nothing but the inbox keeps an effect from happening twice. */
const tallying = {
  initial: null,
  decide: ({ message }: Tally): readonly Tallied[] => [{ type: 'Tallied', message }],
  evolve: () => null,
  remembersNothing: true as const,
};

export const hearing = (topic: string, before: (message: Message) => void | Promise<void> = () => undefined): Hearing => ({
  consumer: 'tally',
  topics: [topic],
  react: async (message) => {
    if (message.type !== 'Said') return []; // of another version of the speaker: it concerns nobody here
    await before(message);
    const stream = `tally-${message.key}`;
    return [
      { stream, corr: message.corr, parts: ({ by, at }) => [part(tallying, stream, { type: 'Tally', message: message.id, by, at })] },
    ];
  },
});
