import type { Due } from '@recourse/edge';
import { part } from '@recourse/event-store';
import { complaint } from './deciding.js';
import { drawReference } from './drawing.chance.js';
import { idleDrafts, type Draft } from './drafts.view.js';

const minute = 60_000;
const drawings = 5;

/** A draft with a narrative that was left lying is a complaint all the same: it is received for the customer. */
export const receivingIdleDrafts: Due<Draft> = {
  name: 'idle-drafts',
  every: minute,
  find: idleDrafts,
  act: async ({ matter, tenant, told: asOf }, { settings, told, send }) => {
    const { respondent } = settings.of(tenant);
    for (let drawing = 1; drawing <= drawings; drawing++) {
      const { reference, claim } = drawReference(matter);
      const receive = { type: 'ReceiveComplaint', ...told(tenant), reference, respondent, how: 'idle', asOf } as const;
      const outcome = await send({ tenant, corr: matter, parts: [part(complaint, `complaint-${matter}`, receive)], claims: [claim] });
      if (outcome.kind !== 'claimed') return outcome;
    }
    return undefined;
  },
};
