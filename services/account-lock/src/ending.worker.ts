import { dueOf, type Due, type DueTools } from '@recourse/edge';
import { part, type Part } from '@recourse/event-store';
import { accountContact } from './account-contact/deciding.js';
import { accountProtection } from './account-protection/deciding.js';
import { dueNow, type DueRow } from './due.view.js';
import { stepUp } from './step-up/deciding.js';

type Told = ReturnType<DueTools['told']>;

const ending = (name: string, kind: DueRow['kind'], command: (row: DueRow, told: Told) => Part): Due =>
  dueOf<DueRow>({
    name,
    every: 1_000,
    find: (manager, now) => dueNow(manager, kind, now),
    act: (row, { told, send }) => send({ tenant: row.tenant, corr: row.stream, parts: [command(row, told(row.tenant))] }),
  });

/** What ends by itself. Sent twice, or late, it changes nothing. */
export const endings: readonly Due[] = [
  ending('locks-that-lapse', 'lock', ({ stream, thing }, told) =>
    part(accountProtection, stream, { type: 'LapseLock', ...told, lock: thing }),
  ),
  ending('limits-that-expire', 'limit', ({ stream, thing }, told) =>
    part(accountProtection, stream, { type: 'ExpireLimit', ...told, limit: thing }),
  ),
  ending('routes-that-cool-off', 'route', ({ stream, thing }, told) =>
    part(accountContact, stream, { type: 'EndDistrust', ...told, route: thing }),
  ),
  ending('codes-that-expire', 'step-up', ({ stream, thing }, told) =>
    part(stepUp, stream, { type: 'ExpireStepUp', ...told, stepUp: thing }),
  ),
];
