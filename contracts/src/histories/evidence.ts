import type { Code, EvidenceKind } from '../taxonomy.js';
import type { Past, SealedPointer } from './past.js';

/** One file, as it was given: never overwritten. What it says is encrypted on the disk; its original name and hash are sealed. */
export type EvidenceHistory = {
  readonly evidence: string;
  readonly matter: string;
  readonly state: 'awaiting-scan' | 'received' | 'cleared' | 'quarantined' | 'redacted';
  readonly kind: EvidenceKind;
  readonly from: Code<'evidence-from'>;
  /** What the bytes are, by their own testimony. */
  readonly mediaType: string;
  /** SHA-256 (base64url) of the stored, encrypted bytes. */
  readonly h: string;
  /** How many bytes were given. */
  readonly size: number;
  /** Which key opens it: no secret, and nothing without the keyring. */
  readonly content: { readonly id: string; readonly key: string };
  /** Original name and the SHA-256 of what was given. */
  readonly name: SealedPointer;
  readonly receivedAt: string;
  readonly receivedFrom: { readonly actor: string; readonly role: string };
  readonly redacts?: string;
  /** What to know before opening it. */
  readonly flags?: readonly Code<'evidence-flag'>[];
  readonly redacted?: { readonly to: string; readonly why: string; readonly at: string; readonly by: string };
  readonly quarantined?: {
    readonly why: string;
    readonly at: string;
    readonly by: string;
    readonly scanner?: string;
    readonly found?: string;
  };
  readonly cleared?: { readonly at: string; readonly by: string; readonly scanner?: string };
};

type Received = Pick<
  EvidenceHistory,
  'evidence' | 'matter' | 'kind' | 'from' | 'mediaType' | 'h' | 'size' | 'content' | 'redacts' | 'flags'
>;

/** Folds the records of a piece of evidence. */
export const evidenceHistory = (history: EvidenceHistory | undefined, { type, at, by, data, sealed = [] }: Past): EvidenceHistory => {
  if (type === 'EvidenceReceived') {
    const name = sealed.find(({ group }) => group === 'evidence-name');
    if (!name) throw new Error('EvidenceReceived carries no sealed evidence-name');
    const { scan, ...received } = data as unknown as Received & { readonly scan?: 'awaited' };
    return {
      ...received,
      state: scan ? 'awaiting-scan' : 'received',
      name,
      receivedAt: at,
      receivedFrom: { actor: by.actor, role: by.role },
    };
  }
  if (!history) throw new Error(`evidence begins with EvidenceReceived, not with ${type}`);
  const { why, to, scanner, found } = data as { why: string; to: string; scanner?: string; found?: string };
  const told = { at, by: by.actor, ...(scanner !== undefined && { scanner }) };
  switch (type) {
    case 'EvidenceCleared':
      return { ...history, state: 'cleared', cleared: told };
    case 'EvidenceQuarantined':
      return { ...history, state: 'quarantined', quarantined: { why, ...told, ...(found !== undefined && { found }) } };
    case 'EvidenceRedacted':
      return { ...history, state: 'redacted', redacted: { to, why, at, by: by.actor } };
    default:
      throw new Error(`unknown to evidence: ${type}`);
  }
};
