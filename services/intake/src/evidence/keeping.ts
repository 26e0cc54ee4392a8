import type { Code } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import type { Evidence, EvidenceDecision, EvidenceReceived } from './evidence.js';
import { imageLimits, isTooLarge, type Measured } from './measuring.js';
import { believed, type Declared } from './recognising.js';
import type { Unsafe } from './unpacking.js';

/** What was found out about a file on its way in. */
export type Looked = Declared & { readonly unsafe?: Unsafe; readonly picture?: Measured };

type Told = { readonly by: By; readonly at: Instant };

/** The bytes are encrypted and on the disk already: what is decided here is whether they count. `found` is what the bytes say they are. */
export type ReceiveEvidence = Told & Omit<EvidenceReceived, 'type' | 'mediaType'> & Looked & { type: 'ReceiveEvidence' };
/** By a person, or by a scanner, which is named with its definitions. */
export type ClearEvidence = Told & { type: 'ClearEvidence'; scanner?: string };
export type QuarantineEvidence = Told & { type: 'QuarantineEvidence'; why: Code<'quarantine-why'>; scanner?: string; found?: string };
export type RedactEvidence = Told & { type: 'RedactEvidence'; to: string; why: Code<'redaction-why'> };

export const receive = (command: ReceiveEvidence, state: Evidence): EvidenceDecision => {
  if (state.stage !== 'none') return [];
  const { evidence, matter, from, kind, h, size, content, redacts, flags = [], scan, sealed, attachments } = command;
  const refused = whyNot(command);
  if (refused) return refused;
  const mediaType = believed(command)!;
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
      ...(flags.length > 0 && { flags }),
      ...(scan !== undefined && { scan }),
      sealed,
      attachments,
    },
  ];
};

/** The no to a file that is not what it says, or is made to exhaust whoever opens it. */
export const whyNot = (looked: Looked) => {
  const { kind, declared, found = 'unknown', unsafe, picture } = looked;
  if (unsafe !== undefined) return refuse('archive-is-not-safe', { pointers: ['/file'], facts: { why: unsafe } });
  if (picture && isTooLarge(picture))
    return refuse('picture-is-too-large', { pointers: ['/file'], facts: { ...picture, most: imageLimits.pixels } });
  if (believed(looked) === undefined)
    return refuse('evidence-type-does-not-match', { pointers: ['/file'], facts: { kind, declared, found } });
  return undefined;
};

export const clear = ({ scanner }: ClearEvidence, { stage }: Evidence): EvidenceDecision => {
  if (stage === 'quarantined') return scanner === undefined ? refuse('evidence-is-quarantined') : [];
  if (stage === 'awaiting-scan' && scanner === undefined) return refuse('evidence-awaits-scan');
  if (stage !== 'received' && stage !== 'awaiting-scan') return [];
  return [{ type: 'EvidenceCleared', ...(scanner !== undefined && { scanner }) }];
};

export const quarantine = ({ why, scanner, found }: QuarantineEvidence, { stage }: Evidence): EvidenceDecision =>
  stage === 'quarantined'
    ? []
    : [{ type: 'EvidenceQuarantined', why, ...(scanner !== undefined && { scanner }), ...(found !== undefined && { found }) }];

/** The original stays as it was given; from now on the redacted version is shown. The last version is the one to redact further. */
export const redact = ({ to, why }: RedactEvidence, { stage }: Evidence): EvidenceDecision => {
  if (stage === 'quarantined') return refuse('evidence-is-quarantined');
  if (stage === 'awaiting-scan') return refuse('evidence-awaits-scan');
  if (stage === 'redacted') return refuse('evidence-is-redacted');
  return [{ type: 'EvidenceRedacted', to, why }];
};
