// Forgets what keys sealed, and is killed without warning at the step it was told. See forgetting.spec.ts.
import { PostgresEventStore } from '@recourse/event-store';
import { kekFrom, kmsOf, postgresPrivacy } from '@recourse/privacy';
import { ForgettingWorker } from '../src/forgetting/forgetting.worker.ts';

const { logUrl, keyringUrl, dies } = JSON.parse(process.argv[2]);
process.stdin.on('end', () => process.exit()).resume(); // whoever started us is gone

const die = () => process.kill(process.pid, 'SIGKILL');
const store = await PostgresEventStore.open({ service: 'test', logUrl });
const real = postgresPrivacy({ keyringUrl, kms: kmsOf(kekFrom(Buffer.alloc(32, 7))), store, service: 'test' });
const privacy = {
  ordered: (since) => real.ordered(since),
  forgetKeys: () => real.forgetKeys(),
  acknowledge: async (...told) => {
    if (dies === 'before-it-is-acknowledged') die();
    const known = await real.acknowledge(...told);
    if (dies === 'before-that-is-noted') die();
    return known;
  },
};
const dying = {
  name: 'others',
  places: [],
  opened: true,
  forget: async () => {
    if (dies === 'before-it-is-committed') die();
    return 1;
  },
};
const silence = { debug() {}, info() {}, warn() {}, error() {} };
new ForgettingWorker({ pool: store.pool, privacy, keeps: [dying], log: silence, pace: { look: 20 } });
