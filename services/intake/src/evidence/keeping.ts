import type { Code } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import type { Evidence, EvidenceDecision, EvidenceReceived } from './evidence.js';
import { believed, type Declared } from './recognising.js';

type Told = { readonly by: By; readonly at: Instant };

/** The bytes are encrypted and on the disk already: what is decided here is whether they count. `found` is what the bytes say they are. */
export type ReceiveEvidence = Told & Omit<EvidenceReceived, 'type' | 'mediaType'> & Declared & { type: 'ReceiveEvidence' };
export type ClearEvidence = Told & { type: 'ClearEvidence' };
export type QuarantineEvidence = Told & { type: 'QuarantineEvidence'; why: Code<'quarantine-why'> };
export type RedactEvidence = Told & { type: 'RedactEvidence'; to: string; why: Code<'redaction-why'> };

export const receive = (command: ReceiveEvidence, state: Evidence): EvidenceDecision => {
  if (state.stage !== 'none') return [];
  const { evidence, matter, from, kind, h, size, content, redacts, sealed, attachments } = command;
  const mediaType = believed(command);
  if (mediaType === undefined) return unlike(command);
  return [
    {
      type: 'EvidenceReceived',
      evidence,
      matter,
      from,
      kind,
      mediaType,
      h,
      size,
      content,
      ...(redacts !== undefined && { redacts }),
      sealed,
      attachments,
    },
  ];
};

/** The no to a file that is not what it says. */
export const unlike = ({ kind, declared, found = 'unknown' }: Declared) =>
  refuse('evidence-type-does-not-match', { pointers: ['/file'], facts: { kind, declared, found } });

export const clear = (_command: ClearEvidence, { stage }: Evidence): EvidenceDecision => {
  if (stage === 'quarantined') return refuse('evidence-is-quarantined');
  return stage === 'received' ? [{ type: 'EvidenceCleared' }] : [];
};

export const quarantine = ({ why }: QuarantineEvidence, { stage }: Evidence): EvidenceDecision =>
  stage === 'quarantined' ? [] : [{ type: 'EvidenceQuarantined', why }];

/** The original stays as it was given; from now on the redacted version is shown. The last version is the one to redact further. */
export const redact = ({ to, why }: RedactEvidence, { stage }: Evidence): EvidenceDecision => {
  if (stage === 'quarantined') return refuse('evidence-is-quarantined');
  if (stage === 'redacted') return refuse('evidence-is-redacted');
  return [{ type: 'EvidenceRedacted', to, why }];
};
