import { decisions, type Decider } from '@recourse/decider';
import * as crediting from './crediting.js';
import { evolve, initial, type DisputedPayment, type DisputedPaymentEvent } from './disputed-payment.js';
import * as disputing from './disputing.js';
import * as refunding from './refunding.js';
import type { PaymentRefusal } from './refusals.js';
import * as reversing from './reversing.js';
import * as reviewing from './reviewing.js';

// prettier-ignore
export type PaymentCommand =
  | disputing.DisputePayment | disputing.ConfirmPayment
  | refunding.RequestRefund | refunding.DecideRefund | refunding.NoteStepUp | refunding.SetRefundTarget
  | reviewing.AskMerchant | reviewing.RecordMerchantDecision | reviewing.LetReviewLapse
  | crediting.OrderCredit | crediting.ConfirmCredit | crediting.FailCredit | crediting.MakeCreditFinal
  | reversing.AnnounceReversal | reversing.ReverseCredit;

/** The guard of the money: returning what was stolen and refunding a purchase take this one path. */
export const disputedPayment: Decider<PaymentCommand, DisputedPaymentEvent, DisputedPayment, PaymentRefusal> = {
  initial,
  evolve,
  decide: decisions({
    DisputePayment: disputing.dispute,
    ConfirmPayment: disputing.confirm,

    RequestRefund: refunding.request,
    AskMerchant: reviewing.ask,
    RecordMerchantDecision: reviewing.record,
    LetReviewLapse: reviewing.lapse,
    DecideRefund: refunding.decide,
    NoteStepUp: refunding.noteStepUp,
    SetRefundTarget: refunding.setTarget,

    OrderCredit: crediting.order,
    ConfirmCredit: crediting.confirm,
    FailCredit: crediting.fail,
    MakeCreditFinal: crediting.makeFinal,
    AnnounceReversal: reversing.announceReversal,
    ReverseCredit: reversing.reverse,
  }),
};
