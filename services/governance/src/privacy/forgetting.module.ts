import { custodyHistory, keyOrderHistory } from '@recourse/contracts';
import { announce } from './announcing.js';
import { HoldsHttp } from './custody/holds.http.js';
import { holdsView } from './custody/holds.view.js';
import { CarryingOutWorker } from './key-order/carrying-out.worker.js';
import { CertificatesHttp } from './key-order/certificates.http.js';
import { KeyOrderHttp } from './key-order/key-order.http.js';
import { keyOrdersView } from './key-order/key-orders.view.js';
import { KeysInQuestion } from './key-order/naming.keys.js';
import { KeyGovernor } from './keys.governor.js';
import { ForPrivacyHandler } from './privacy.handler.js';
import { PrivacyViews1763900100000 } from './privacy.migration.js';
import { privacyRefusals } from './refusals.js';

/** What this service brings along for what can be forgotten. */
export const forgetting = {
  histories: { 'key-order': keyOrderHistory, custody: custodyHistory },
  announce: { 'key-order': announce, custody: announce },
  views: [keyOrdersView, holdsView],
  migrations: [PrivacyViews1763900100000],
  refusals: [privacyRefusals],
  controllers: [KeyOrderHttp, CertificatesHttp, HoldsHttp],
  providers: [ForPrivacyHandler, KeyGovernor, KeysInQuestion, CarryingOutWorker],
} as const;
