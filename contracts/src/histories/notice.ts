import type { Past, SealedPointer } from './past.js';

type Piece = { readonly id: string; readonly version: number };
type Try = { readonly attempt: number; readonly startedAt: string; readonly failed?: string; readonly nextTry?: string };

/** What one notice is and what became of it, as GET /v1/notices/{id} shows it. */
export type NoticeHistory = {
  readonly notice: string;
  readonly state: 'planned' | 'sending' | 'handed-over' | 'sent' | 'delivered' | 'bounced' | 'given-up';
  readonly topic: string;
  readonly channel: string;
  readonly template: Piece;
  readonly language: string;
  readonly guidance: readonly Piece[];
  readonly facts: Readonly<Record<string, unknown>>;
  /** When the customer hears next; null when no update is due. */
  readonly nextUpdate: string | null;
  readonly heard: string;
  readonly saidAt: string;
  readonly plannedAt: string;
  readonly matter?: string;
  readonly account?: string;
  readonly subject?: string;
  readonly route?: string;
  readonly letter?: string;
  readonly promise?: string;
  readonly stepUp?: string;
  readonly expires?: string;
  readonly tries: readonly Try[];
  readonly sentAt?: string;
  readonly providerId?: string;
  readonly deliveredAt?: string;
  readonly bounced?: { readonly at: string; readonly why: string };
  readonly givenUp?: { readonly at: string; readonly why: string };
  /** What was personal in it. A one-time code is not even pointed at: nobody reads it back. */
  readonly sealed: readonly SealedPointer[];
};

type Planned = Omit<NoticeHistory, 'state' | 'nextUpdate' | 'tries' | 'sealed'> & { readonly nextUpdate?: string };

const planned = ({ data, sealed = [] }: Past): NoticeHistory => {
  const said = data as unknown as Planned;
  return {
    ...said,
    state: 'planned',
    nextUpdate: said.nextUpdate ?? null,
    tries: [],
    sealed: sealed.filter(({ group }) => group !== 'one-time-code'),
  };
};

const withLastTry = (tries: readonly Try[], more: Partial<Try>): readonly Try[] =>
  tries.map((one, at) => (at === tries.length - 1 ? { ...one, ...more } : one));

/** Folds the records of a notice. */
export const noticeHistory = (history: NoticeHistory | undefined, record: Past): NoticeHistory => {
  if (record.type === 'NoticePlanned') return planned(record);
  if (!history) throw new Error(`a notice begins with NoticePlanned, not with ${record.type}`);
  const data = record.data as Readonly<Record<string, string>>;
  switch (record.type) {
    case 'NoticeHandedOver':
      return { ...history, state: 'handed-over' };
    case 'SendingStarted':
      return { ...history, state: 'sending', tries: [...history.tries, record.data as unknown as Try] };
    case 'NoticeFailed':
      return { ...history, state: 'planned', tries: withLastTry(history.tries, { failed: data['why']!, nextTry: data['nextTry']! }) };
    case 'NoticeSent':
      return { ...history, state: 'sent', sentAt: data['sentAt']!, ...(data['providerId'] && { providerId: data['providerId'] }) };
    case 'NoticeDelivered':
      return { ...history, state: 'delivered', deliveredAt: data['deliveredAt']! };
    case 'NoticeBounced':
      return { ...history, state: 'bounced', bounced: { at: data['bouncedAt']!, why: data['why']! } };
    case 'NoticeGivenUp':
      return { ...history, state: 'given-up', givenUp: { at: record.at, why: data['why']! } };
    default:
      throw new Error(`unknown to a notice: ${record.type}`);
  }
};

/** One line of the list of notices. */
export type NoticeLine = Pick<NoticeHistory, 'notice' | 'state' | 'topic' | 'channel' | 'language' | 'plannedAt'> & {
  readonly template: string;
  readonly case: string | null;
  readonly account: string | null;
  readonly letter: string | null;
  readonly sentAt: string | null;
};

/** The words of a notice, as they are sent. */
export type NoticeWords = {
  readonly notice: string;
  readonly language: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};
