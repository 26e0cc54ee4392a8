import type { Role } from '@recourse/identity';
import { instantOf } from './fields.js';
import { purposes, type Purpose } from './queries.dto.js';
import { Problem } from './refusing.js';

/** What the query of a GET may say: as of when, for which purpose, how long to wait. */
export type Asked = {
  readonly until: { readonly position?: number; readonly instant?: string };
  readonly purpose?: Purpose;
  readonly waitMs: number;
};

type Query = Readonly<Record<string, unknown>>;

const wrong = (parameter: string, code: string) =>
  new Problem(400, 'request-invalid', {
    errors: [{ parameter, code, ...(code === 'code-unknown' && { facts: { known: purposes.join(', ') } }) }],
  });

const one = (query: Query, name: string): string | undefined => {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw wrong(name, 'given-twice');
};

/** The purposes for which each role may read personal data: nobody borrows another's. */
const purposesOf: Readonly<Record<Role, readonly Purpose[]>> = {
  customer: ['own-data'],
  platform: ['handling-complaint', 'informing-customer'],
  agent: ['handling-complaint', 'informing-customer'],
  supervisor: ['handling-complaint', 'informing-customer'],
  auditor: ['audit'],
  'privacy-officer': ['own-data', 'audit'],
  operator: [],
};

export const purposeOf = (query: unknown, role: Role): Purpose | undefined => {
  const text = one((query ?? {}) as Query, 'purpose');
  if (text === undefined) return undefined;
  const purpose = purposes.find((known) => known === text);
  if (!purpose) throw wrong('purpose', 'code-unknown');
  const allowed = purposesOf[role];
  if (!allowed.includes(purpose)) throw new Problem(403, 'purpose-not-allowed', { facts: { allowed: allowed.join(', ') || '-' } });
  return purpose;
};

/** `?position=812` or `?position=case-tracking:812` (of this service's log), or `?at=<instant>`. */
const untilOf = (query: Query, service: string): Asked['until'] => {
  const position = one(query, 'position');
  const at = one(query, 'at');
  if (position !== undefined && at !== undefined) throw new Problem(400, 'position-or-instant');
  if (at !== undefined) {
    const instant = instantOf(at);
    if (!instant) throw wrong('at', 'instant-malformed');
    return { instant };
  }
  if (position === undefined) return {};
  const found = /^(?:([a-z-]+):)?(\d{1,15})$/.exec(position);
  if (!found) throw wrong('position', 'position-malformed');
  if (found[1] !== undefined && found[1] !== service) throw new Problem(400, 'position-is-of-another-log', { facts: { service } });
  return { position: Number(found[2]) };
};

const waitOf = (query: Query): number => {
  const wait = one(query, 'wait');
  if (wait === undefined) return 0;
  if (!/^\d{1,2}$/.test(wait) || Number(wait) > 10)
    throw new Problem(400, 'request-invalid', { errors: [{ parameter: 'wait', code: 'number-out-of-range', facts: { from: 0, to: 10 } }] });
  return Number(wait) * 1000;
};

export const askedOf = (query: unknown, service: string, role: Role): Asked => {
  const asked = (query ?? {}) as Query;
  const purpose = purposeOf(asked, role);
  return { until: untilOf(asked, service), waitMs: waitOf(asked), ...(purpose && { purpose }) };
};
