import type { Recorded } from '@recourse/event-store';
import type { Announcement } from '@recourse/relay';

/** Which members of which event the neighbours hear: ids, codes, counts and times. */
const told: Readonly<Record<string, readonly string[]>> = {
  KeysRestricted: ['order', 'keys', 'doneAt'],
  KeysReleased: ['order', 'keys', 'doneAt'],
  KeysDestroyed: ['order', 'keys', 'doneAt', 'effectiveFrom'],
  KeysDestroyedAgain: ['order', 'keys', 'doneAt'],
  HoldPlaced: ['hold', 'scope'],
  HoldReleased: ['hold', 'scope'],
};

/** What was done about keys is told; what is only asked for, and by whom, stays here. Whose keys they were is nobody's business. */
export const announce = ({ type, tenant, stream, data }: Recorded): readonly Announcement[] => {
  const fields = told[type];
  if (!fields) return [];
  const said = Object.fromEntries(fields.map((field) => [field, data[field]]));
  return [{ topic: 'recourse.governance.v1', key: `${tenant}/${stream}`, type, data: said }];
};
