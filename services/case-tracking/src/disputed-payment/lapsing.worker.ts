import { dueOf, type Due } from '@recourse/edge';
import { part } from '@recourse/event-store';
import { disputedPayment } from './deciding.js';
import { reviewsDue, type ReviewRow } from './merchant-reviews.view.js';

/** The merchant's time is over. Said twice, or after an answer, it changes nothing. */
export const lapsingReviews: Due = dueOf<ReviewRow>({
  name: 'merchant-reviews',
  every: 1_000,
  find: reviewsDue,
  act: ({ tenant, stream, refund }, { told, send }) =>
    send({ tenant, corr: stream, parts: [part(disputedPayment, stream, { type: 'LetReviewLapse', ...told(tenant), refund })] }),
});
