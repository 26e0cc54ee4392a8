import type { Code } from '@recourse/contracts';
import { refuse } from '@recourse/decider';
import type { By, Instant } from '@recourse/event-store';
import { living, type Complaint, type ComplaintDecision, type ListedEvidence } from './complaint.js';

type Told = { readonly by: By; readonly at: Instant };

/** The matter keeps the list of its evidence, and so its quota: two uploads at once cannot both take the last place. */
export type ListEvidence = Told & ListedEvidence & { type: 'ListEvidence'; quota: { readonly files: number; readonly bytes: number } };
export type SetEvidenceAside = Told & { type: 'SetEvidenceAside'; evidence: string; why: Code<'quarantine-why'> };

export const list = ({ by, evidence, kind, from, h, size, redacts, quota }: ListEvidence, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return refuse('draft-is-discarded');
  if (complaint.evidence[evidence]) return [];
  if (by.role === 'customer' && from !== 'complainant' && from !== 'representative')
    return refuse('source-is-another', { pointers: ['/from'] });
  const files = Object.keys(complaint.evidence).length + 1;
  const bytes = complaint.evidenceBytes + size;
  if (files > quota.files || bytes > quota.bytes) return refuse('quota-used-up', { facts: { files: quota.files, bytes: quota.bytes } });
  return [{ type: 'EvidenceListed', evidence, kind, from, h, size, ...(redacts !== undefined && { redacts }) }];
};

export const setAside = ({ evidence, why }: SetEvidenceAside, state: Complaint): ComplaintDecision => {
  const complaint = living(state);
  if (!complaint) return refuse('draft-is-discarded');
  return complaint.evidence[evidence] === 'listed' ? [{ type: 'EvidenceSetAside', evidence, why }] : [];
};
