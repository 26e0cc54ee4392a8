import { startIssuer } from './index.js';

/** The issuer as a process of its own, for containers. */
const {
  RECOURSE_SERVICE_PORT = '4006',
  RECOURSE_HOST = '127.0.0.1',
  RECOURSE_ISSUER,
  RECOURSE_ISSUER_DIR = '.recourse/issuer',
} = process.env;

const { issuer, stop } = await startIssuer({
  port: Number(RECOURSE_SERVICE_PORT),
  host: RECOURSE_HOST,
  dataDir: RECOURSE_ISSUER_DIR,
  ...(RECOURSE_ISSUER && { publicUrl: RECOURSE_ISSUER }),
});
process.stdout.write(`The issuer ${issuer} listens on port ${RECOURSE_SERVICE_PORT}.\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop().then(() => process.exit(0)));
