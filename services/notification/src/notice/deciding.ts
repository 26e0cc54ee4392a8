import { decisions, type Decider } from '@recourse/decider';
import { evolve, initial, type Notice, type NoticeEvent } from './notice.js';
import { plan, type PlanNotice } from './planning.js';
import type { NoticeRefusal } from './refusals.js';
import { report, type ReportDelivery } from './reporting.js';
import {
  giveUp,
  recordFailure,
  recordSent,
  start,
  type GiveUp,
  type RecordFailure,
  type RecordSent,
  type StartSending,
} from './sending.js';

export type NoticeCommand = PlanNotice | StartSending | RecordSent | RecordFailure | GiveUp | ReportDelivery;

/** The life of a notice, in order. */
export const notice: Decider<NoticeCommand, NoticeEvent, Notice, NoticeRefusal> = {
  initial,
  evolve,
  decide: decisions({
    PlanNotice: plan,
    StartSending: start,
    RecordSent: recordSent,
    RecordFailure: recordFailure,
    GiveUp: giveUp,
    ReportDelivery: report,
  }),
};
