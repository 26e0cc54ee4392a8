// npm run keys -- status: which key wraps how much of the keyring, and wrapping it anew when that key has changed.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { addressOf, built, dataFolder, nobodyAnswers } from './addressing.mjs';
import { times } from './counting.mjs';

const help = `Data keys are wrapped by a key that stays with its keeper: a file, AWS KMS or Vault (docs/operating.md).

  npm run --silent keys -- list       which key wraps how much: data keys, keys of blind indexes, secrets of the house
  npm run --silent keys -- status     one line; ends with 1 while something is wrapped by an older key
  npm run --silent keys -- draw       adds a new key to the key file (file only), and with --current lets it wrap from now on
  npm run --silent keys -- rotate     wraps anew what older keys wrapped, while services run; what was done stays done however it ends

  --restricted  draw: into the file of restricted data keys
  --current     draw: the new key wraps from now on. Only when every instance reads this very file
  --portion     rotate: so many at a time (200)
  --json        list, status: as data
  --help        this page

A rotation changes no sealed byte and no hash. With AWS KMS put another key behind the alias, with Vault rotate the transit key, and then rotate here.
It is done as governance, who alone may, and with its settings: KEYRING_URL, RECOURSE_KMS and what belongs to it. Without KEYRING_URL the house of
npm start is meant (RECOURSE_HOME, RECOURSE_PORT, DATABASE_URL).
`;

process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));

/** One sentence instead of a stack trace. */
const fail = (sentence) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};
const print = (line) => process.stdout.write(`${line}\n`);

const asked = () => {
  try {
    const [text, flag] = [{ type: 'string' }, { type: 'boolean' }];
    const options = { restricted: flag, current: flag, portion: text, json: flag, help: flag };
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    return fail(`${error.message.split('.')[0]}. See: npm run keys -- --help`);
  }
};

const { values, positionals } = asked();
const [command] = positionals;
if (values.help || !command) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 1);
}
if (!['list', 'status', 'draw', 'rotate'].includes(command)) fail(`There is no command ${command}; they are list, status, draw, rotate.`);
if (values.portion !== undefined && !/^[1-9]\d{0,3}$/.test(values.portion))
  fail(`--portion takes a number from 1 to 9999, not ${values.portion}.`);

const { chooseKeepers, differing, drawnInto, openKms, rotate, wrappedBy } = await built('libs/privacy/dist/index.js');

const { keyringUrl, environment } = process.env.KEYRING_URL
  ? { keyringUrl: process.env.KEYRING_URL, environment: process.env }
  : await theHouse();

/** The house of `npm start`: its files, and the keyring as governance's login. */
async function theHouse() {
  return {
    keyringUrl: await addressOf('governance', 'keyring'),
    environment: {
      RECOURSE_KEK_FILE: path.join(dataFolder, 'keyring.kek'),
      RECOURSE_RESTRICTED_KEK_FILE: path.join(dataFolder, 'restricted.kek'),
      ...process.env,
    },
  };
}

function keepersOf(which) {
  const choice = chooseKeepers(environment, which);
  if (choice.keepers) return choice.keepers;
  return fail(choice.complaints.map(({ name, text }) => `${name} ${text}`).join('\n'));
}

/** Nobody is asked for restricted keys where none is named: they are shown, and left as they are. */
async function opened() {
  const kms = await openKms(keepersOf('active'));
  const named = environment.RECOURSE_RESTRICTED_KEK_FILE || environment.RECOURSE_RESTRICTED_KMS_KEY;
  const restricted = named ? await openKms(keepersOf('restricted')) : undefined;
  if (restricted) await differing(kms, restricted);
  return { kms, restricted };
}

async function standing() {
  const { kms, restricted } = await opened();
  const [current, other] = [await kms.current(), await restricted?.current()];
  const rows = await wrappedBy(keyringUrl);
  return rows.map((row) => ({
    ...row,
    current: row.what === 'restricted' ? (other === undefined ? null : row.kek === other) : row.kek === current,
  }));
}

const words = { active: 'data key', restricted: 'restricted data key', index: 'key of a blind index', secret: 'secret of the house' };
const several = { index: 'keys of blind indexes', secret: 'secrets of the house' };
const plural = (number, what) => (several[what] && number !== 1 ? `${number} ${several[what]}` : times(number, words[what]));

async function list() {
  const rows = await standing();
  if (values.json) return print(JSON.stringify(rows));
  if (rows.length === 0) print('The keyring is empty.');
  for (const { what, kek, many, current } of rows)
    print(`${kek.padEnd(16)}  ${current === null ? 'unknown here' : current ? 'current     ' : 'OLDER       '}  ${plural(many, what)}`);
}

async function status() {
  const rows = await standing();
  const sum = (which) => rows.filter(which).reduce((all, { many }) => all + many, 0);
  const [now, older, unknown] = [
    sum(({ current }) => current === true),
    sum(({ current }) => current === false),
    sum(({ current }) => current === null),
  ];
  if (values.json) print(JSON.stringify({ current: now, older, unknown }));
  else
    print(
      `${now.toLocaleString('en-GB')} wrapped by the current key, ${older.toLocaleString('en-GB')} by older ones` +
        `${unknown ? `, ${times(unknown, 'restricted key')} that only governance's key says more about` : ''}` +
        `${older ? '. Wrap them anew with: npm run keys -- rotate' : ''}`,
    );
  process.exitCode = older > 0 ? 1 : 0;
}

function draw() {
  const [keeper] = keepersOf(values.restricted ? 'restricted' : 'active');
  if (keeper.kind !== 'file')
    fail(
      `The keys are kept by ${keeper.kind === 'aws' ? 'AWS KMS: make the new one there and put it behind the alias' : 'Vault: rotate the transit key there'}.`,
    );
  const { name, keys } = drawnInto(keeper.file, values.current === true);
  print(`${keeper.file} holds ${times(keys, 'key')} now; ${name} was added${values.current ? ' and wraps from now on' : ''}.`);
  print(
    values.current
      ? 'Within two seconds every instance that reads this file wraps with it. Then: npm run keys -- rotate'
      : 'Give the file to every instance, then move the word "current" behind the new key, and then: npm run keys -- rotate',
  );
}

async function rotateAll() {
  const { kms, restricted } = await opened();
  let shown = 0;
  const told = (done, all) => {
    if (!process.stderr.isTTY && done < all && Date.now() - shown < 2_000) return;
    shown = Date.now();
    process.stderr.write(
      `${process.stderr.isTTY ? '\r' : ''}  wrapped anew: ${done.toLocaleString('en-GB')} of ${all.toLocaleString('en-GB')}${process.stderr.isTTY ? '' : '\n'}`,
    );
  };
  const { done, broken, left } = await rotate({
    keyringUrl,
    kms,
    restricted,
    told,
    ...(values.portion && { portion: Number(values.portion) }),
  });
  if (process.stderr.isTTY) process.stderr.write('\n');
  print(
    `${done.toLocaleString('en-GB')} wrapped anew, ${left.toLocaleString('en-GB')} still by older keys${restricted ? '' : '; restricted keys were left as they are: theirs is not named here'}.`,
  );
  for (const id of broken)
    print(`  ${id} cannot be unwrapped: its row was changed, or belongs to somebody else. See docs/operating.md, Keys.`);
  if (left > broken.length) print('Some instance still makes keys with the older one: give it the new key and run this again.');
  process.exitCode = left > 0 ? 1 : 0;
}

try {
  await { list, status, draw, rotate: rotateAll }[command]();
} catch (error) {
  const { code, message } = error;
  if (code === 'ECONNREFUSED') fail(`${nobodyAnswers} KEYRING_URL names a keyring elsewhere.`);
  if (code === '42501' || code === '28P01') fail('This login may not do that: it is governance (KEYRING_URL of its service) who may.');
  fail(message.split('\n')[0]);
}
// Connections of a keeper may stay open for a while; nothing more is to be done.
process.exit();
