import { dueWithin, subjectDeadlines, type Code, type ErasureShown } from '@recourse/contracts';
import { decisions, refuse, type Decider } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import type { SubjectRequestRefusal } from './refusals.js';
import { evolve, initial, type SubjectRequest, type SubjectRequestDecision, type SubjectRequestEvent } from './subject-request.js';

type Told = { readonly by: By; readonly at: Instant; readonly request: string };

export type ReceiveRequest = Told & {
  readonly type: 'ReceiveRequest';
  readonly kind: Code<'subject-request-kind'>;
  readonly subject: string;
  readonly identity: string;
  readonly jurisdiction: Code<'subject-jurisdiction'>;
};
export type AcknowledgeRequest = Told & { readonly type: 'AcknowledgeRequest' };
export type ExtendRequest = Told & { readonly type: 'ExtendRequest'; readonly why: Code<'subject-extended-why'> };
export type OrderErasure = Told & { readonly type: 'OrderErasure'; readonly erasures: readonly ErasureShown[] };
export type NoteMissed = Told & { readonly type: 'NoteMissed' };
/** `open`: orders of this request that are not carried out yet. */
export type AnswerRequest = Told & {
  readonly type: 'AnswerRequest';
  readonly how: Code<'subject-answered-how'>;
  readonly open: readonly string[];
};
export type SubjectRequestCommand = ReceiveRequest | AcknowledgeRequest | ExtendRequest | OrderErasure | NoteMissed | AnswerRequest;

/** The law's clock begins with the receipt, whoever is at his desk. */
const receive = (
  { request, kind, subject, identity, jurisdiction, at }: ReceiveRequest,
  { stage }: SubjectRequest,
): SubjectRequestDecision => {
  if (stage !== 'none') return [];
  const { answer, source } = subjectDeadlines[jurisdiction];
  return [{ type: 'SubjectRequestReceived', request, kind, subject, identity, jurisdiction, dueAt: dueWithin(at, answer), source }];
};

const acknowledge = ({ request }: AcknowledgeRequest, { stage }: SubjectRequest): SubjectRequestDecision =>
  stage === 'received' ? [{ type: 'SubjectRequestAcknowledged', request }] : [];

/** Once, in time, and where the law knows it: from the day on which it would have been due. */
const extend = ({ request, why, at }: ExtendRequest, { stage, jurisdiction, extended, dueAt }: SubjectRequest): SubjectRequestDecision => {
  const { extension } = subjectDeadlines[jurisdiction];
  if (stage === 'answered') return refuse('subject-request-is-answered');
  if (extended) return refuse('subject-request-is-extended');
  if (!extension) return refuse('no-extension-in-law', { facts: { source: subjectDeadlines[jurisdiction].source } });
  if (at > dueAt) return refuse('subject-request-is-overdue', { facts: { due: dueAt } });
  return [{ type: 'SubjectRequestExtended', request, why, dueAt: dueWithin(dueAt, extension) }];
};

const order = ({ request, erasures }: OrderErasure, { stage, kind, orders }: SubjectRequest): SubjectRequestDecision => {
  if (kind !== 'erasure') return refuse('not-an-erasure');
  if (stage === 'answered') return refuse('subject-request-is-answered');
  const anew = erasures.filter((one) => !orders.includes(one.order));
  return anew.length > 0 ? [{ type: 'ErasureOrdered', request, erasures: anew }] : [];
};

const miss = ({ request, at }: NoteMissed, { stage, missed, dueAt }: SubjectRequest): SubjectRequestDecision =>
  stage !== 'none' && stage !== 'answered' && !missed && dueAt < at ? [{ type: 'SubjectRequestMissed', request, dueAt }] : [];

const answersOf: Readonly<Record<Code<'subject-request-kind'>, readonly Code<'subject-answered-how'>[]>> = {
  access: ['given', 'nothing-held', 'identity-not-proved', 'unfounded'],
  erasure: ['erased', 'partly-restricted', 'nothing-held', 'identity-not-proved', 'unfounded'],
};

/** An erasure is answered when what was ordered has been done; late, if it has to be, and the miss stays. */
const answer = ({ request, how, open }: AnswerRequest, { stage, kind, orders }: SubjectRequest): SubjectRequestDecision => {
  if (stage === 'answered') return [];
  if (!answersOf[kind].includes(how)) return refuse('answer-does-not-fit', { pointers: ['/how'] });
  if ((how === 'erased' || how === 'partly-restricted') && orders.length === 0) return refuse('erasure-is-not-ordered');
  if (open.length > 0) return refuse('erasure-is-not-done', { facts: { order: open[0]! } });
  return [{ type: 'SubjectRequestAnswered', request, how }];
};

/** Everything that may become of the request of a subject. */
export const subjectRequest: Decider<SubjectRequestCommand, SubjectRequestEvent, SubjectRequest, SubjectRequestRefusal> = {
  initial,
  evolve,
  decide: decisions({
    ReceiveRequest: receive,
    AcknowledgeRequest: acknowledge,
    ExtendRequest: extend,
    OrderErasure: order,
    NoteMissed: miss,
    AnswerRequest: answer,
  }),
};

export const streamOfRequest = (request: string): string => `subject-request-${request}`;
