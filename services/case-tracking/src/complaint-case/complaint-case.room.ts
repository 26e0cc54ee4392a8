import { caseHistory, receiptHistory } from '@recourse/contracts';
import type { Room } from '../case-tracking.room.js';
import { announce } from './announcing.js';
import { CaseDesk } from './case-desk.http.js';
import { CaseTables1763500000000 } from './case-tables.migration.js';
import { caseloadView } from './caseload.view.js';
import { caseDue } from './complaint-case.due.worker.js';
import { ForCaseHandler } from './complaint-case.handler.js';
import { ComplaintCaseHttp } from './complaint-case.http.js';
import { caseHears } from './complaint-case.inbox.js';
import { ConcludingHttp } from './concluding.http.js';
import { ConsoleHttp } from './console.http.js';
import { ContactingHttp } from './contacting.http.js';
import { dueView } from './due.view.js';
import { InvestigatingHttp } from './investigating.http.js';
import { ProgressHttp } from './progress.http.js';
import { QueuesHttp } from './queues.http.js';
import { ReceiptsHttp } from './receipts.http.js';
import { refusals } from './refusals.js';

/** Cases, their queues, receipts and progress. */
export const complaintCases: Room = {
  controllers: [ComplaintCaseHttp, ContactingHttp, InvestigatingHttp, ConcludingHttp, ProgressHttp, QueuesHttp, ReceiptsHttp, ConsoleHttp],
  providers: [CaseDesk, ForCaseHandler],
  house: {
    histories: { case: caseHistory, receipt: receiptHistory },
    announce: { case: announce },
    hears: caseHears,
    views: [caseloadView, dueView],
    migrations: [CaseTables1763500000000],
    refusals,
    due: caseDue,
  },
};
