import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import {
  correspondenceHistory,
  endpointHistory,
  feedHistory,
  noticeHistory,
  preferencesHistory,
  recipientHistory,
} from '@recourse/contracts';
import { House } from '@recourse/edge';
import { FeedHttp } from './feed/feed.http.js';
import { feedHearing } from './feed/feed.inbox.js';
import { feedView } from './feed/feed.view.js';
import { announce } from './notice/announcing.js';
import { MailingWorker } from './notice/mailing.worker.js';
import { ForNoticeHandler } from './notice/notice.handler.js';
import { NoticeHttp } from './notice/notice.http.js';
import { noticesHearing } from './notice/notice.inbox.js';
import { noticesView } from './notice/notices.view.js';
import { refusals as noticeRefusals } from './notice/refusals.js';
import { TemplatesHttp } from './notice/templates.http.js';
import { NotificationTables1763400000000 } from './notification.migration.js';
import { ForPreferencesHandler } from './preferences/preferences.handler.js';
import { PreferencesHttp } from './preferences/preferences.http.js';
import { refusals as preferencesRefusals } from './preferences/refusals.js';
import { DeliveryRow } from './webhook-endpoint/deliveries.pg.js';
import { DeliveringWorker } from './webhook-endpoint/delivering.worker.js';
import { endpointsView } from './webhook-endpoint/endpoints.view.js';
import { refusals as endpointRefusals } from './webhook-endpoint/refusals.js';
import { ForEndpointHandler } from './webhook-endpoint/webhook-endpoint.handler.js';
import { EndpointHttp } from './webhook-endpoint/webhook-endpoint.http.js';

/** Tells customers and platforms what happens, and remembers what it told. */
@Module({
  imports: [
    CqrsModule.forRoot(),
    House.of({
      service: 'notification',
      histories: {
        notice: noticeHistory,
        preferences: preferencesHistory,
        recipient: recipientHistory,
        correspondence: correspondenceHistory,
        endpoint: endpointHistory,
        feed: feedHistory,
      },
      announce: { notice: announce },
      hears: [noticesHearing, feedHearing],
      views: [noticesView, feedView, endpointsView],
      entities: [DeliveryRow],
      migrations: [NotificationTables1763400000000],
      refusals: [noticeRefusals, preferencesRefusals, endpointRefusals],
    }),
  ],
  controllers: [NoticeHttp, PreferencesHttp, TemplatesHttp, FeedHttp, EndpointHttp],
  providers: [ForNoticeHandler, ForPreferencesHandler, ForEndpointHandler, MailingWorker, DeliveringWorker],
})
export class NotificationModule {}
