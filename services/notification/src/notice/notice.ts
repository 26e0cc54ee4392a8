import { never, type Decision } from '@recourse/decider';
import type { EventMeta, Instant } from '@recourse/event-store';
import type { Language, Piece, Template } from '@recourse/contracts';
import type { NoticeRefusal } from './refusals.js';

/** `email` we send ourselves; `platform` and `post` are handed over to the platform, which reports when they left. */
export type Channel = 'email' | 'platform' | 'post';

/** What a customer can choose about. Security notices and letters always go out. */
export type Topic = Template['topic'];

/** Codes, amounts and instants a text is made of. Never a name, an address or free words: those stay sealed. */
export type Facts = Readonly<Record<string, string | number | readonly string[] | { readonly currency: string; readonly value: number }>>;

/** Everything pinned when it was decided to tell somebody something: enough to write the same words again years later. */
export type Plan = {
  readonly notice: string;
  /** Id of the message that was heard. */
  readonly heard: string;
  /** When it was said: nothing about it can have left before. */
  readonly saidAt: Instant;
  readonly topic: Topic;
  readonly channel: Channel;
  readonly template: Piece;
  readonly language: Language;
  readonly guidance: readonly Piece[];
  readonly facts: Facts;
  /** When the customer hears next; left out when no update is due. */
  readonly nextUpdate?: Instant;
  /** After this instant it makes no sense any more (a one-time code). */
  readonly expires?: Instant;
  readonly matter?: string;
  readonly account?: string;
  readonly subject?: string;
  readonly route?: string;
  readonly letter?: string;
  readonly promise?: string;
  readonly stepUp?: string;
};

/** Codes of contracts/taxonomy (undelivered-why) where a letter's sender has to understand them, finer ones for our own eyes. */
export type WhyGivenUp =
  | 'no-route'
  | 'route-distrusted'
  | 'turned-off'
  | 'code-expired'
  | 'content-unreadable'
  | 'rejected'
  | 'gave-up'
  | 'platform-could-not-deliver';

/** What has happened. Names are past tense and stored for ever: add a new one, never reword an old one. */
export type NoticeEvent = EventMeta &
  (
    | ({ readonly type: 'NoticePlanned'; readonly plannedAt: Instant } & Plan)
    | { readonly type: 'NoticeHandedOver' }
    | { readonly type: 'SendingStarted'; readonly attempt: number; readonly startedAt: Instant }
    | { readonly type: 'NoticeSent'; readonly sentAt: Instant; readonly providerId?: string }
    | { readonly type: 'NoticeFailed'; readonly attempt: number; readonly why: string; readonly nextTry: Instant }
    | { readonly type: 'NoticeGivenUp'; readonly why: WhyGivenUp }
    | { readonly type: 'NoticeDelivered'; readonly deliveredAt: Instant }
    | { readonly type: 'NoticeBounced'; readonly bouncedAt: Instant; readonly why: string }
  );

type Begun = { readonly channel: Channel; readonly saidAt: Instant; readonly expires?: Instant; readonly attempts: number };

export type Notice =
  | { readonly stage: 'not-planned' }
  | ({ readonly stage: 'planned'; readonly nextTry?: Instant } & Begun)
  | ({ readonly stage: 'sending'; readonly startedAt: Instant } & Begun)
  | ({ readonly stage: 'handed-over' } & Begun)
  | ({ readonly stage: 'sent' | 'delivered' | 'bounced'; readonly sentAt: Instant } & Begun)
  | { readonly stage: 'given-up' };

export type NoticeDecision = Decision<NoticeEvent, NoticeRefusal>;

export const initial: Notice = { stage: 'not-planned' };

export const evolve = (state: Notice, event: NoticeEvent): Notice => {
  if (event.type === 'NoticePlanned') {
    const { channel, saidAt, expires } = event;
    return { stage: 'planned', channel, saidAt, attempts: 0, ...(expires && { expires }) };
  }
  if (state.stage === 'not-planned' || state.stage === 'given-up') return state;
  const { channel, saidAt, expires, attempts } = state;
  const begun: Begun = { channel, saidAt, attempts, ...(expires && { expires }) };
  const sentAt = 'sentAt' in state ? state.sentAt : saidAt;
  switch (event.type) {
    case 'NoticeHandedOver':
      return { ...begun, stage: 'handed-over' };
    case 'SendingStarted':
      return { ...begun, stage: 'sending', attempts: event.attempt, startedAt: event.startedAt };
    case 'NoticeSent':
      return { ...begun, stage: 'sent', sentAt: event.sentAt };
    case 'NoticeFailed':
      return { ...begun, stage: 'planned', nextTry: event.nextTry };
    case 'NoticeGivenUp':
      return { stage: 'given-up' };
    case 'NoticeDelivered':
      return { ...begun, stage: 'delivered', sentAt };
    case 'NoticeBounced':
      return { ...begun, stage: 'bounced', sentAt };
    default:
      return never(event);
  }
};
