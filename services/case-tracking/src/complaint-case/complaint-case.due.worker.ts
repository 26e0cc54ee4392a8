import { dueOf, type Due, type DueTools } from '@recourse/edge';
import { part } from '@recourse/event-store';
import { settingsOfCase } from './complaint-case.inbox.js';
import type { Told } from './complaint-case.js';
import { complaintCase, type ComplaintCaseCommand } from './deciding.js';
import { dueBy, type DueRow, type Looked } from './due.view.js';

const atOnce = 200;
const second = 1_000;

/** Looks through everything due, page after page, then begins anew. */
const looking = (kind: DueRow['kind']): Due<DueRow>['find'] => {
  let after: Looked | undefined;
  return async (manager, now) => {
    const rows = await dueBy(manager, kind, now, after, atOnce);
    after = rows.length === atOnce ? rows.at(-1) : undefined;
    return rows;
  };
};

const send = (
  { tenant, case: matter }: DueRow,
  { told, send }: DueTools,
  command: (told: Told) => ComplaintCaseCommand,
): Promise<unknown> => {
  const stream = `case-${matter}`;
  return send({ tenant, corr: matter, parts: [part(complaintCase, stream, command(told(tenant)))] });
};

/** A promise that is overdue is missed only when notification has told everything it had recorded by then. */
const promises = dueOf<DueRow>({
  name: 'promises',
  every: second,
  find: looking('promise'),
  act: async (row, tools) => {
    const heardUpTo = tools.watermarks.of('recourse.notice.v1');
    if (heardUpTo === undefined || heardUpTo <= row.due.toISOString()) return;
    const { promiseReportGrace: grace } = await settingsOfCase(tools, row.tenant, row.case);
    await send(row, tools, (told) => ({ type: 'MissPromise', ...told, promise: row.what, heardUpTo, grace }));
  },
});

const information = dueOf<DueRow>({
  name: 'information-requests',
  every: second,
  find: looking('information'),
  act: (row, tools) => send(row, tools, (told) => ({ type: 'LetInformationLapse', ...told, request: row.what })),
});

export const caseDue: readonly Due[] = [promises, information];
