// Carries out one order about keys, and is killed without warning at the moment it was told. See carrying-out.int.spec.ts.
import { PostgresEventStore } from '@recourse/event-store';
import { fileKms, postgresGovernor } from '@recourse/privacy';
import { carryOut } from '../src/privacy/key-order/carrying-out.keys.ts';

const { logUrl, keyringUrl, kekFile, restrictedKekFile, order, dies } = JSON.parse(process.argv[2]);
process.stdin.on('end', () => process.exit()).resume(); // whoever started us is gone

const die = () => process.kill(process.pid, 'SIGKILL');
const says = ({ writes }, type) => writes.some(({ events }) => events.some((event) => event.type === type));
/** The same object with one of its methods watched. */
const watched = (object, name, method) =>
  new Proxy(object, {
    get: (target, property) =>
      property === name ? method : typeof target[property] === 'function' ? target[property].bind(target) : target[property],
  });

const real = await PostgresEventStore.open({ service: 'governance', logUrl });
const store = watched(real, 'append', async (request) => {
  for (const type of ['DestructionBegun', 'KeysDestroyed']) if (dies === `before ${type}` && says(request, type)) die();
  const outcome = await real.append(request);
  for (const type of ['DestructionBegun', 'KeysDestroyed']) if (dies === `after ${type}` && says(request, type)) die();
  return outcome;
});
const keys = postgresGovernor({ keyringUrl, kms: fileKms(kekFile), restricted: fileKms(restrictedKekFile) });
const governor = watched(keys, 'destroy', async (tenant, ids, by) => {
  if (dies !== 'between two keys') return keys.destroy(tenant, ids, by);
  await keys.destroy(tenant, ids.slice(0, 1), by);
  die();
});
await carryOut({ store, governor, backupWindow: 'P14D', services: ['intake'] }, order);
process.exit();
