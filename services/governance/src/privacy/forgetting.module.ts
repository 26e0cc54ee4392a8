import { custodyHistory, keyOrderHistory, matterRetentionHistory, retentionTableHistory } from '@recourse/contracts';
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
import { PrivacyViews1763900100000, RetentionViews1763900200000 } from './privacy.migration.js';
import { privacyRefusals } from './refusals.js';
import { mattersHeard } from './retention/matters.inbox.js';
import { mattersView } from './retention/matters.view.js';
import { ProposingWorker } from './retention/proposing.worker.js';
import { RetentionHttp } from './retention/retention.http.js';

/** What this service brings along for what can be forgotten. */
export const forgetting = {
  histories: {
    'key-order': keyOrderHistory,
    custody: custodyHistory,
    matter: matterRetentionHistory,
    retention: retentionTableHistory,
  },
  announce: { 'key-order': announce, custody: announce },
  hears: [mattersHeard],
  views: [keyOrdersView, holdsView, mattersView],
  migrations: [PrivacyViews1763900100000, RetentionViews1763900200000],
  refusals: [privacyRefusals],
  controllers: [KeyOrderHttp, CertificatesHttp, HoldsHttp, RetentionHttp],
  providers: [ForPrivacyHandler, KeyGovernor, KeysInQuestion, CarryingOutWorker, ProposingWorker],
} as const;
