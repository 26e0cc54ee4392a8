// A container's health check, where no curl is: node deploy/compose/healthy.mjs [path]. Ends with 0 when this container answers 200 there.
import { readFileSync } from 'node:fs';
import { get as inClear } from 'node:http';
import { get as overTls } from 'node:https';

const [path = '/readyz'] = process.argv.slice(2);
const { RECOURSE_SERVICE_PORT: port, RECOURSE_TLS_CERT: cert, RECOURSE_TLS_KEY: key } = process.env;
const where = { host: '127.0.0.1', port, path, timeout: 8000 };
const healthy = ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1);
// It asks itself, by an address no certificate names, and shows its own where callers have to show one.
const question = cert
  ? overTls({ ...where, rejectUnauthorized: false, cert: readFileSync(cert), key: readFileSync(key) }, healthy)
  : inClear(where, healthy);
question.on('timeout', () => process.exit(1)).on('error', () => process.exit(1));
