// npm run verify: whether anybody has edited the databases past everything that writes them, and where.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { addressOf, built, dataFolder, nobodyAnswers } from './addressing.mjs';

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

const { verifyLog } = await built('libs/event-store/dist/index.js');
const { chooseKeepers, openKms, verifyKeys } = await built('libs/privacy/dist/index.js');
const { services } = await built('deploy/embedded/dist/index.js');
if (values.service && !services.includes(values.service)) fail(`There is no service ${values.service}; they are ${services.join(', ')}.`);

const { DATABASE_LOG_URL, KEYRING_URL, RECOURSE_NOTARY_URL } = process.env;
const elsewhere = values.service && DATABASE_LOG_URL;
const notaryUrl = elsewhere ? RECOURSE_NOTARY_URL : await addressOf('audit');
const choice = chooseKeepers(
  elsewhere ? process.env : { RECOURSE_KEK_FILE: path.join(dataFolder, 'keyring.kek'), ...process.env },
  'active',
);
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
  const log = await verifyLog({
    logUrl: elsewhere ? DATABASE_LOG_URL : await addressOf(service),
    ...(notaryUrl && { notary: { url: notaryUrl, service } }),
    told,
  });
  const keyringUrl = elsewhere ? KEYRING_URL : await addressOf(service, 'keyring');
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
  fail(code === 'ECONNREFUSED' ? nobodyAnswers : message.split('\n')[0]);
}
