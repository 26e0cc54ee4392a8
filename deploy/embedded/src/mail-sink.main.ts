import { startMailSink } from './mail-sink.js';

/** The mail sink as a process of its own, for containers. */
const { RECOURSE_SERVICE_PORT = '4008', RECOURSE_SMTP_PORT = '4007', RECOURSE_HOST = '127.0.0.1' } = process.env;

const sink = await startMailSink({ smtpPort: Number(RECOURSE_SMTP_PORT), httpPort: Number(RECOURSE_SERVICE_PORT), host: RECOURSE_HOST });
process.stdout.write(`The mail sink takes mail at ${sink.smtpUrl} and shows it at ${sink.url}/dev/mail.\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sink.stop().then(() => process.exit(0)));
