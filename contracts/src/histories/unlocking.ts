import type { Past } from './past.js';

type OwnershipProof = {
  readonly proof: string;
  readonly kind: string;
  readonly result: 'accepted' | 'rejected';
  readonly checker: string;
  readonly recordedAt: string;
  readonly expires: string;
  readonly evidence?: string;
  readonly stepUp?: string;
};

/** How an owner asked for the account and got it back, or not: GET /v1/unlock-requests/{id}. */
export type UnlockRequestHistory = {
  readonly request: string;
  /** `overtaken`: a lock came after it; the owner asks again. */
  readonly stage: 'open' | 'overtaken' | 'approved' | 'denied';
  readonly locks: readonly string[];
  readonly requestedAt: string;
  readonly requestedBy: string;
  /** Version of the platform's settings whose unlock policy counts for this request. */
  readonly policy: string;
  /** Any one of these sets of proof kinds confirms the identity. */
  readonly needs: readonly (readonly string[])[];
  readonly proofValidFor: string;
  readonly proofs: readonly OwnershipProof[];
  readonly identityConfirmedAt?: string;
  readonly decision?: { readonly outcome: 'approved' | 'denied'; readonly at: string; readonly by: string; readonly why?: string };
  readonly unlockedAt?: string;
  /** From identity confirmed to restored. */
  readonly seconds?: number;
};

/** The unlock requests of an account after one more record. */
export const unlockRequestsAfter = (
  requests: readonly UnlockRequestHistory[],
  { type, at, by, data }: Past,
): readonly UnlockRequestHistory[] => {
  const change = (how: (request: UnlockRequestHistory) => UnlockRequestHistory) =>
    requests.map((one) => (one.request === data['request'] ? how(one) : one));
  switch (type) {
    case 'AccountLocked':
      return requests.map((one) => (one.stage === 'open' ? { ...one, stage: 'overtaken' as const } : one));
    case 'UnlockRequested': {
      const asked = data as Pick<UnlockRequestHistory, 'request' | 'locks' | 'requestedBy' | 'policy' | 'needs' | 'proofValidFor'>;
      return [...requests, { ...asked, stage: 'open', requestedAt: at, proofs: [] }];
    }
    case 'OwnershipProofRecorded': {
      const { request: _request, ...proof } = data as Omit<OwnershipProof, 'recordedAt'> & { request: string };
      return change((one) => ({ ...one, proofs: [...one.proofs, { ...proof, recordedAt: at }] }));
    }
    case 'IdentityConfirmed':
      return change((one) => ({ ...one, identityConfirmedAt: data['confirmedAt'] as string }));
    case 'UnlockApproved':
      return change((one) => ({ ...one, stage: 'approved', decision: { outcome: 'approved', at, by: by.actor } }));
    case 'UnlockDenied':
      return change((one) => ({ ...one, stage: 'denied', decision: { outcome: 'denied', at, by: by.actor, why: data['why'] as string } }));
    case 'AccountUnlocked':
      return change((one) => ({ ...one, unlockedAt: at, seconds: data['seconds'] as number }));
    default:
      return requests;
  }
};
