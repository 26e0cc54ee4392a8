import type pg from 'pg';
import type { AppendOutcome, AppendRequest } from './append.js';
import { appendBatch } from './appending.js';
import { Heads } from './heading.js';
import { appendedAt, draftsOf, outcomeOf, place, tryAgain } from './placing.js';
import type { Upcasting } from './upcasting.js';
import { answered } from './writing.js';

/**
 * Appends inside somebody else's transaction, as its last step: the lock of the log is held from here until that commits, and everybody else who
 * appends waits for it. For operators' tools, where a change of a table and the event that says so must not come apart; a service that wrote
 * like this would write at a twentieth of its rate.
 */
export const appendIn = async (
  transaction: Pick<pg.Client, 'query'>,
  request: AppendRequest,
  upcasting: Upcasting,
): Promise<AppendOutcome> => {
  const drafts = draftsOf(request, upcasting);
  const heads = new Heads();
  for (let chainChecked = false; ;) {
    await heads.fetch(transaction, request.writes);
    const placing = place(request, drafts, heads);
    if ('conflict' in placing)
      return outcomeOf(request, (await answered(transaction, request)) ?? { verdict: 'conflict', ...placing.conflict });
    const [judgement] = await appendBatch(transaction, [{ request, stamped: placing.stamped }], true); // an error would end the transaction
    if (judgement!.verdict === 'appended') return appendedAt(judgement!.positions, placing.stamped);
    const again = tryAgain(request, judgement!, heads, chainChecked);
    if (again === 'no') return outcomeOf(request, judgement!);
    if (again === 'once') chainChecked = true;
  }
};
