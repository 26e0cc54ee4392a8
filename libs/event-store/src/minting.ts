import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

// Asking for randomness sixteen bytes at a time costs more than all the rest of an id.
const pool = new Uint8Array(16 * 256);
let used = pool.length;

/** A UUIDv7: the ids of events. */
export const mintId = (): string => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return v7({ random: pool.subarray(used, (used += 16)) });
};
