// Carries out what operators decided, and is killed without warning at the moment it was told. See operating.killing.spec.ts.
import { PostgresEventStore } from '@recourse/event-store';
import { startOperating } from '../src/operations/operating.worker.ts';

const { logUrl, dies } = JSON.parse(process.argv[2]);
process.stdin.on('end', () => process.exit()).resume(); // whoever started us is gone

const die = () => process.kill(process.pid, 'SIGKILL');
const says = ({ writes }) => writes.some(({ events }) => events.some(({ type }) => type === 'MessageSkipped'));
/** The same object with one of its methods watched. */
const watched = (object, name, method) =>
  new Proxy(object, {
    get: (target, property) =>
      property === name ? method : typeof target[property] === 'function' ? target[property].bind(target) : target[property],
  });

const real = await PostgresEventStore.open({ service: 'case-tracking', logUrl });
const store = watched(real, 'append', async (request) => {
  if (dies === 'before-it-is-said' && says(request)) die();
  const outcome = await real.append(request);
  if (dies === 'after-it-was-said' && says(request)) die();
  return outcome;
});
const pool = watched(real.pool, 'query', async (...query) => {
  const result = await real.pool.query(...query);
  if (dies === 'after-it-has-gone' && /insert into relay\.skipped/.test(String(query[0]))) die();
  return result;
});
const silence = { debug() {}, info() {}, warn() {}, error() {} };
startOperating({ service: 'case-tracking', store, pool, log: silence });
