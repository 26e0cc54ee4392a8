import { createHash } from 'node:crypto';
import type { Verified, Verify } from './verifying.js';

/**
 * A token already verified is believed until it expires or a minute passes: checking a signature costs more than the rest of
 * most requests. The memory is bounded, and keyed by a hash so that no bearer token lies about in it.
 */
export const remembering = (verify: Verify, { limit = 10_000, forMs = 60_000, clock = Date.now } = {}): Verify => {
  const known = new Map<string, { readonly verified: Verified; readonly until: number }>();
  return async (authorization) => {
    if (authorization === undefined) return verify(authorization);
    const key = createHash('sha256').update(authorization).digest('base64url');
    const hit = known.get(key);
    const now = clock();
    if (hit && hit.until > now) return hit.verified;
    known.delete(key);
    const verified = await verify(authorization);
    const oldest = known.keys().next().value;
    if (known.size >= limit && oldest !== undefined) known.delete(oldest);
    known.set(key, { verified, until: Math.min(now + forMs, verified.expires) });
    return verified;
  };
};
