import { decisions, type Decider } from '@recourse/decider';
import { evolve, initial, type Evidence, type EvidenceEvent } from './evidence.js';
import {
  clear,
  quarantine,
  receive,
  redact,
  type ClearEvidence,
  type QuarantineEvidence,
  type ReceiveEvidence,
  type RedactEvidence,
} from './keeping.js';
import type { EvidenceRefusal } from './refusals.js';

export type EvidenceCommand = ReceiveEvidence | ClearEvidence | QuarantineEvidence | RedactEvidence;

/** One file: given once, never overwritten. */
export const evidence: Decider<EvidenceCommand, EvidenceEvent, Evidence, EvidenceRefusal> = {
  initial,
  evolve,
  decide: decisions({
    ReceiveEvidence: receive,
    ClearEvidence: clear,
    QuarantineEvidence: quarantine,
    RedactEvidence: redact,
  }),
};
