import { Problem } from './refusing.js';

/** The version of a stream as an ETag. */
export const etagOf = (version: number): string => `"${version}"`;

/** The version the actor judged by: `If-Match: "<version>"`. */
export const seenVersion = (header: string | undefined): number => {
  if (header === undefined) throw new Problem(428, 'if-match-missing');
  const found = /^"(-1|\d{1,15})"$/.exec(header.trim());
  if (!found) throw new Problem(400, 'if-match-malformed');
  return Number(found[1]);
};

/** True when the caller already has this version (`If-None-Match`, weak comparison). */
export const alreadyHas = (header: string | undefined, version: number): boolean =>
  header !== undefined && header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etagOf(version));
