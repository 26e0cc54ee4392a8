import { listVariable, textVariable, urlVariable } from '@recourse/edge';

/** Where mail is handed in: `smtp://` or `smtps://`, with user and password if the server wants them. */
export const smtpUrl = urlVariable('SMTP_URL', ['smtp:', 'smtps:']);
/** Who writes to customers; the platform's name stands before it. */
export const mailFrom = textVariable('RECOURSE_MAIL_FROM', 'an e-mail address', 'complaints@recourse.example');
/** Development alone: loopback hosts webhooks may be sent to. */
export const egressAllow = listVariable('RECOURSE_EGRESS_ALLOW', 'hosts or host:port, separated by commas');
/** Names this house in logs and in the ids of its mails. */
export const logDomain = textVariable('RECOURSE_LOG_DOMAIN', 'a domain name', 'recourse.example');
