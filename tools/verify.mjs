// npm run verify: whether anybody has edited the databases past everything that writes them, and where.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const help = `Reads whole logs and everything beside them, and names what does not fit: records, their order and times, sealed bytes, data keys, and the notary's copy.

  npm run --silent verify [-- --service S]

  --service   intake, case-tracking, account-lock, notification, audit or governance; left out, all of them
  --json      what shows, as data
  --help      this page

It changes nothing and may run at any time; it ends with 1 when something shows. A log speaks for itself but for its tail: one that was cut off shows
only beside the notary's copy, whose database must be somebody else's to edit. The databases are found as npm start finds them (RECOURSE_HOME, RECOURSE_PORT,
DATABASE_URL); elsewhere say --service and set DATABASE_LOG_URL, KEYRING_URL, RECOURSE_KMS with what belongs to it, and RECOURSE_NOTARY_URL (audit's
database as its log role).
`;

process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));

/** One sentence instead of a stack trace. */
const fail = (sentence) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
};
const print = (line) => process.stdout.write(`${line}\n`);

const asked = () => {
  try {
    const [text, flag] = [{ type: 'string' }, { type: 'boolean' }];
    return parseArgs({ options: { service: text, json: flag, help: flag } });
  } catch (error) {
    return fail(`${error.message.split('.')[0]}. See: npm run verify -- --help`);
  }
};

const { values } = asked();
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}

const built = (file) => import(file).catch(() => fail('Nothing is built yet. Build and start Recourse with: npm start'));
const { verifyLog } = await built('../libs/event-store/dist/index.js');
const { chooseKeepers, openKms, verifyKeys } = await built('../libs/privacy/dist/index.js');
const { passwordsFrom, services } = await built('../deploy/embedded/dist/index.js');
const { portsFrom } = await built('../deploy/embedded/dist/claiming.js');
if (values.service && !services.includes(values.service)) fail(`There is no service ${values.service}; they are ${services.join(', ')}.`);

const { DATABASE_LOG_URL, DATABASE_URL, KEYRING_URL, RECOURSE_NOTARY_URL, RECOURSE_PORT = '4000', RECOURSE_HOME } = process.env;
const home = path.resolve(RECOURSE_HOME ?? fileURLToPath(new URL('../.recourse', import.meta.url)));

/** A database of the house of `npm start`, as a service's log role. */
function addressOf(service, database = service) {
  const file = path.join(home, 'database.secret');
  if (!fs.existsSync(file))
    fail(`Recourse has never run in ${home}. Start it with npm start, or say where its data is with RECOURSE_HOME.`);
  const role = `${service.replaceAll('-', '_')}_log`;
  const url = new URL(DATABASE_URL ?? `postgres://127.0.0.1:${portsFrom(Number(RECOURSE_PORT)).postgres}`);
  const password = passwordsFrom(fs.readFileSync(file, 'utf8').trim())(role);
  return Object.assign(url, { username: role, password, pathname: `/recourse_${database.replaceAll('-', '_')}` }).href;
}

const elsewhere = values.service && DATABASE_LOG_URL;
const choice = chooseKeepers(elsewhere ? process.env : { RECOURSE_KEK_FILE: path.join(home, 'keyring.kek'), ...process.env }, 'active');
if (choice.complaints) fail(choice.complaints.map(({ name, text }) => `${name} ${text}`).join('\n'));

/** What each of them means, and what to do stands in docs/operating.md. */
const words = {
  'record-changed': 'the record does not have the hash that stands beside it',
  'columns-disagree': 'what stands beside the record is not what the record says',
  'position-missing': 'records are missing from here on',
  'order-broken': 'it does not follow the record before it in its stream',
  'time-falls': 'it was recorded before the one before it',
  'sealed-changed': 'its sealed bytes are not those it names',
  'sealed-missing': 'its sealed bytes are gone, and no order has destroyed their key',
  'sealed-strange': 'sealed bytes that no record names',
  'notary-has-another': 'the notary was told another record, or another time',
  'notary-copy-changed': "the notary's copy does not have the hash that stands beside it",
  'notary-has-more': 'the notary holds records from here on that the log does not have',
  'notary-never-heard': 'it was told, and the notary does not have it',
  'told-past-the-end': 'the relay believes to have told more than there is',
  'key-missing': 'the data key it names is gone, or belongs to another tenant',
  'key-changed': 'the data key it names was changed, or belongs to somebody else',
  'key-of-another-state': 'the data key it names is active, but not wrapped as active keys are',
  'key-without-order': 'the data key it names is restricted or destroyed without an order',
  'secret-changed': 'the secret of the house was changed',
};

async function verifyOne(service, kms) {
  let shown = 0;
  const told = (records) => {
    if (Date.now() - shown < (process.stderr.isTTY ? 200 : 5_000)) return;
    shown = Date.now();
    process.stderr.write(
      process.stderr.isTTY ? `\r  ${service}: ${records.toLocaleString('en-GB')} records` : `  ${service}: ${records} records\n`,
    );
  };
  const notaryUrl = elsewhere ? RECOURSE_NOTARY_URL : addressOf('audit');
  const log = await verifyLog({
    logUrl: elsewhere ? DATABASE_LOG_URL : addressOf(service),
    ...(notaryUrl && { notary: { url: notaryUrl, service } }),
    told,
  });
  const keyringUrl = elsewhere ? KEYRING_URL : addressOf(service, 'keyring');
  const ofKeys = keyringUrl ? await verifyKeys({ keyringUrl, kms, keys: log.keys }) : [];
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const all = [
    ...log.shown.map(({ position, what, id }) => ({ service, position, what, ...(id && { id }) })),
    ...ofKeys.map(({ key, what }) => ({ service, position: log.keys.get(key)?.position ?? null, what, id: key })),
  ];
  if (values.json) return all;
  const counted = `${log.records.toLocaleString('en-GB')} records (${log.witnessed.toLocaleString('en-GB')} with the notary), ${log.sealed.toLocaleString('en-GB')} sealed groups, ${log.keys.size.toLocaleString('en-GB')} keys`;
  print(`${service}: ${counted}: ${all.length === 0 ? 'nothing was edited' : `${all.length} things do not fit`}`);
  for (const { position, what, id } of all)
    print(`  ${position === null ? id : `${service}:${position}`}  ${what}: ${words[what]}${position !== null && id ? ` (${id})` : ''}`);
  return all;
}

try {
  const kms = await openKms(choice.keepers);
  const found = [];
  for (const service of values.service ? [values.service] : services) found.push(...(await verifyOne(service, kms)));
  if (values.json) print(JSON.stringify(found, null, 2));
  process.exit(found.length > 0 ? 1 : 0);
} catch (error) {
  const { code, message } = error;
  fail(code === 'ECONNREFUSED' ? 'The databases do not answer. Start Recourse with: npm start' : message.split('\n')[0]);
}
