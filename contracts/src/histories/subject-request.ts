import type { Past } from './past.js';

/** What became of one scope of a subject: an order that destroys, or one that restricts and why it may not be destroyed yet. */
export type ErasureShown = {
  readonly scope: string;
  readonly keys: number;
  readonly order: string;
  readonly kind: 'destroy' | 'restrict';
  /** The code of what stands in the way of destroying. */
  readonly kept?: string;
};

/** The request of a subject for what is known of him, or for its erasure: GET /v1/privacy/subject-requests/{id}. */
export type SubjectRequestHistory = {
  readonly request: string;
  readonly kind: 'access' | 'erasure';
  readonly subject: string;
  /** Where the proof of who he is lies, by its number; never what it says. */
  readonly identity: string;
  readonly jurisdiction: 'eu' | 'uk' | 'cn';
  readonly stage: 'received' | 'acknowledged' | 'answered';
  readonly receivedAt: string;
  readonly receivedBy: string;
  /** By when it has to be answered, and by which law. */
  readonly dueAt: string;
  readonly source: string;
  readonly acknowledgedAt?: string;
  readonly extended?: { readonly why: string; readonly at: string; readonly from: string };
  readonly erasures: readonly ErasureShown[];
  readonly missedAt?: string;
  readonly answered?: { readonly at: string; readonly by: string; readonly how: string };
  /** Where what is held can be fetched, for a while, once it was answered that it is given. */
  readonly export?: string;
};

/** The notary has the records of all services, so he puts them together: his address, not the one of the request. */
export const subjectExportOf = (request: string): string => `/v1/audit/subject-requests/${request}/export`;

/** Folds the records of a request. */
export const subjectRequestHistory = (history: SubjectRequestHistory | undefined, { type, at, by, data }: Past): SubjectRequestHistory => {
  if (type === 'SubjectRequestReceived') {
    const received = data as Pick<SubjectRequestHistory, 'request' | 'kind' | 'subject' | 'identity' | 'jurisdiction' | 'dueAt' | 'source'>;
    return { ...received, stage: 'received', receivedAt: at, receivedBy: by.actor, erasures: [] };
  }
  if (!history) throw new Error(`a request begins with SubjectRequestReceived, not with ${type}`);
  const { why, dueAt, how, erasures } = data as { why: string; dueAt: string; how: string; erasures: readonly ErasureShown[] };
  switch (type) {
    case 'SubjectRequestAcknowledged':
      return { ...history, stage: 'acknowledged', acknowledgedAt: at };
    case 'SubjectRequestExtended':
      return { ...history, dueAt, extended: { why, at, from: history.dueAt } };
    case 'ErasureOrdered':
      return { ...history, erasures: [...history.erasures, ...erasures] };
    case 'SubjectRequestMissed':
      return { ...history, missedAt: at };
    case 'SubjectRequestAnswered':
      return {
        ...history,
        ...{ stage: 'answered', answered: { at, by: by.actor, how } },
        ...(how === 'given' && { export: subjectExportOf(history.request) }),
      };
    default:
      throw new Error(`unknown to a request of a subject: ${type}`);
  }
};
