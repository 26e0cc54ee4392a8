import { referenceFrom } from '@recourse/contracts';
import type { Claim, NewEvent } from '@recourse/event-store';
import { randomBytes } from 'node:crypto';

type ReferenceAssigned = NewEvent & { readonly type: 'ReferenceAssigned'; readonly matter: string };

/** A reference, and the claim that makes it this matter's alone: the first event of its own stream. A clash draws again. */
export const drawReference = (matter: string): { readonly reference: string; readonly claim: Claim } => {
  const reference = referenceFrom('R', randomBytes(8));
  const event: ReferenceAssigned = { type: 'ReferenceAssigned', matter };
  return { reference, claim: { stream: `reference-${reference}`, event } };
};
