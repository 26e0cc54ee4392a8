import type { Code, EvidenceKind } from '@recourse/contracts';
import { never, type Decision } from '@recourse/decider';
import type { Attachment, SealedRef } from '@recourse/event-store';
import type { EvidenceRefusal } from './refusals.js';

/** What has happened. Names are past tense and stored for ever: add a new one, never reword an old one. */
export type EvidenceEvent =
  | EvidenceReceived
  | { type: 'EvidenceCleared'; scanner?: string }
  | { type: 'EvidenceQuarantined'; why: Code<'quarantine-why'>; scanner?: string; found?: string }
  | { type: 'EvidenceRedacted'; to: string; why: Code<'redaction-why'> };

export type EvidenceReceived = {
  readonly type: 'EvidenceReceived';
  readonly evidence: string;
  readonly matter: string;
  readonly from: Code<'evidence-from'>;
  readonly kind: EvidenceKind;
  readonly mediaType: string;
  /** SHA-256 of the stored (encrypted) bytes, and how many bytes were given. */
  readonly h: string;
  readonly size: number;
  /** Which key opens the stored bytes. */
  readonly content: { readonly id: string; readonly key: string };
  /** Nobody sees it before a scanner has looked. */
  readonly scan?: 'awaited';
  /** A redacted version stands for this earlier one. */
  readonly redacts?: string;
  /** What stands in it that one should know before opening it; left out when there is nothing. */
  readonly flags?: readonly Code<'evidence-flag'>[];
  readonly sealed: readonly SealedRef[];
  readonly attachments: readonly Attachment[];
};

export type Evidence = { readonly stage: 'none' | 'awaiting-scan' | 'received' | 'cleared' | 'quarantined' | 'redacted' };
export type EvidenceDecision = Decision<EvidenceEvent, EvidenceRefusal>;

export const initial: Evidence = { stage: 'none' };

export const evolve = (_state: Evidence, event: EvidenceEvent): Evidence => {
  switch (event.type) {
    case 'EvidenceReceived':
      return { stage: event.scan === 'awaited' ? 'awaiting-scan' : 'received' };
    case 'EvidenceCleared':
      return { stage: 'cleared' };
    case 'EvidenceQuarantined':
      return { stage: 'quarantined' };
    case 'EvidenceRedacted':
      return { stage: 'redacted' };
    default:
      return never(event);
  }
};
