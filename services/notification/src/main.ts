import 'reflect-metadata';
import { startService } from '@recourse/edge';
import { NotificationModule } from './notification.module.js';
import { egressAllow, egressPorts, logDomain, mailFrom, smtpUrl } from './notification.variables.js';

await startService(NotificationModule, {
  service: 'notification',
  title: 'Tells customers and platforms what happens: notices, preferences, templates, webhook endpoints and the feed.',
  variables: [smtpUrl, mailFrom, egressAllow, egressPorts, logDomain],
});
