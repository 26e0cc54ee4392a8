import { disputedPaymentHistory, signpostHistory } from '@recourse/contracts';
import type { Room } from '../case-tracking.room.js';
import { announcePayment } from './announcing.js';
import { CreditsHttp } from './credits.http.js';
import { ForPaymentHandler } from './disputed-payment.handler.js';
import { DisputedPaymentHttp } from './disputed-payment.http.js';
import { stepUpHearing } from './disputed-payment.inbox.js';
import { lapsingReviews } from './lapsing.worker.js';
import { merchantReviewsView } from './merchant-reviews.view.js';
import { PaymentDesk } from './payment-desk.http.js';
import { PaymentTables1763600000000 } from './payment-tables.migration.js';
import { paymentsView } from './payments.view.js';
import { paymentRefusals } from './refusals.js';
import { RefundsHttp } from './refunds.http.js';

/** Disputed payments, their refunds and credits. */
export const disputedPayments: Room = {
  controllers: [DisputedPaymentHttp, RefundsHttp, CreditsHttp],
  providers: [PaymentDesk, ForPaymentHandler],
  house: {
    histories: { payment: disputedPaymentHistory, signpost: signpostHistory },
    announce: { payment: announcePayment },
    hears: [stepUpHearing],
    views: [paymentsView, merchantReviewsView],
    migrations: [PaymentTables1763600000000],
    refusals: paymentRefusals,
    due: [lapsingReviews],
  },
};
