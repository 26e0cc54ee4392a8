import { usualPorts } from '@recourse/egress';
import { listVariable, textVariable, urlVariable, type Variable } from '@recourse/edge';

/** Where mail is handed in: `smtp://` or `smtps://`, with user and password if the server wants them. */
export const smtpUrl = urlVariable('SMTP_URL', ['smtp:', 'smtps:']);
/** Who writes to customers; the platform's name stands before it. */
export const mailFrom = textVariable('RECOURSE_MAIL_FROM', 'an e-mail address', 'complaints@recourse.example');
/** Development alone: loopback hosts webhooks may be sent to. */
export const egressAllow = listVariable('RECOURSE_EGRESS_ALLOW', 'hosts or host:port, separated by commas');
/** Ports that platforms' servers may be called on. */
export const egressPorts: Variable<readonly number[]> = {
  name: 'RECOURSE_EGRESS_PORTS',
  expected: 'ports from 1 to 65535, separated by commas',
  read: (text) => {
    const ports = text.split(',').map((port) => (/^\s*\d{1,5}\s*$/.test(port) ? Number(port) : 0));
    return ports.every((port) => port > 0 && port < 65_536) ? ports : undefined;
  },
  otherwise: { value: usualPorts },
};
/** Names this house in logs and in the ids of its mails. */
export const logDomain = textVariable('RECOURSE_LOG_DOMAIN', 'a domain name', 'recourse.example');
