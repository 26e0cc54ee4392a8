import { refuse } from '@recourse/decider';
import type { Instant } from '@recourse/event-store';
import type { CaseDecision, InformationFrom, Told } from './complaint-case.js';
import type { LiveCase } from './remembering.js';

export type AskForInformation = Told & {
  readonly type: 'AskForInformation';
  readonly request: string;
  readonly from: InformationFrom;
  readonly what: string;
  readonly due: Instant;
};

/** From now on the case waits for somebody, and the customer sees for whom. */
export const ask = ({ request, from, what, due, at }: AskForInformation, state: LiveCase): CaseDecision => {
  if (state.information[request]) return [];
  if (due <= at) return refuse('due-has-passed', { pointers: ['/due'] });
  return [{ type: 'InformationAsked', request, from, what, due }];
};

export type ReceiveInformation = Told & { readonly type: 'ReceiveInformation'; readonly request: string; readonly evidence?: string };

/** Late is better than never: what comes after the request lapsed is still received. */
export const receive = ({ request, evidence }: ReceiveInformation, state: LiveCase): CaseDecision => {
  const asked = state.information[request];
  if (!asked) return refuse('information-was-not-asked');
  if (evidence !== undefined && !state.evidence.includes(evidence)) return refuse('evidence-is-unknown', { pointers: ['/evidence'] });
  return asked.state === 'received' ? [] : [{ type: 'InformationReceived', request, ...(evidence && { evidence }) }];
};

export type LetInformationLapse = Told & { readonly type: 'LetInformationLapse'; readonly request: string };

/** Nobody answered in time; the case goes on with what it has. */
export const lapse = ({ request, at }: LetInformationLapse, state: LiveCase): CaseDecision => {
  const asked = state.information[request];
  return asked?.state === 'asked' && at > asked.due ? [{ type: 'InformationRequestLapsed', request }] : [];
};

export type AttachEvidence = Told & {
  readonly type: 'AttachEvidence';
  readonly evidence: string;
  readonly kind: string;
  readonly h: string;
  readonly size: number;
  readonly from: string;
};

/** The bytes stay with intake; the case remembers which, from whom, and their hash. */
export const attach = ({ evidence, kind, h, size, from }: AttachEvidence, state: LiveCase): CaseDecision =>
  state.evidence.includes(evidence) ? [] : [{ type: 'EvidenceAttached', evidence, kind, h, size, from }];
