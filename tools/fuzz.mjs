// npm run fuzz: Schemathesis asks everything the API documents allow, and everything they forbid. --help says more.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { excused, leftOut } from './fuzzing.mjs';
import { home, prepare, stopWith } from './preparing.mjs';

const services = ['intake', 'case-tracking', 'account-lock', 'notification', 'audit', 'governance'];
const documents = [...services, 'recourse'];

const help = `Asks every operation of every API document well and badly, with valid tokens of every role, and looks at the answers: no server error, no status, header or body
the document does not know, no invalid request accepted, no valid one refused, no authentication ignored, no unknown method served.

  npm run fuzz                       a part of each document's operations, drawn from the seed; about three minutes
  npm run fuzz -- --long             everything, 20,000 requests and more; about an hour
  npm run fuzz -- --only intake      one document: ${documents.join(', ')} (recourse: all of them, through the front door)

  --seed N      draws the same again (default 1; printed at the end)
  --url URL     a Recourse that runs (default RECOURSE_URL, else one is started for this run alone); its services have to stand at the ports behind it
  --keep DIR    keeps what Schemathesis printed
  --help        this page

A failure is printed with the request that repeats it, for as long as the house stands: start one with npm start and give its --url to look closer.

Left out of the documents:
${leftOut.map(({ path: where, why }) => `  ${where.padEnd(24)} ${why}`).join('\n')}

Complaints of Schemathesis that are none:
${excused.map(({ complaint, codes, path: where, why }) => `  ${complaint}${codes ? ` with ${codes.join(', ')}` : ''}${where ? ` at ${where}` : ''}\n      ${why}`).join('\n')}
`;

const asked = () => {
  try {
    const [text, flag] = [{ type: 'string' }, { type: 'boolean' }];
    return parseArgs({ options: { long: flag, only: text, seed: text, url: text, keep: text, help: flag } }).values;
  } catch (error) {
    return stopWith(`${error.message.split('.')[0]}. See: npm run fuzz -- --help`);
  }
};
const { long = false, only, seed: seedGiven = '1', url: urlGiven, keep, help: helps } = asked();
if (helps) {
  process.stdout.write(help);
  process.exit(0);
}
if (only && !documents.includes(only)) stopWith(`There is no document ${only}; they are ${documents.join(', ')}.`);
if (!/^\d{1,9}$/.test(seedGiven)) stopWith(`--seed takes a number, not ${seedGiven}.`);
const seed = Number(seedGiven);

await prepare();
const python = execFileSync(process.execPath, ['tools/python.mjs', 'schemathesis'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
}).trim();
const folder = fs.mkdtempSync(path.join(tmpdir(), 'recourse-fuzz-'));
const kept = keep ? path.resolve(keep) : folder;
fs.mkdirSync(kept, { recursive: true });
const say = (line) => process.stderr.write(`  ${line}\n`);

/** A house of its own, with something in it to ask for; or the one that was named. */
const house = async () => {
  const named = urlGiven ?? process.env.RECOURSE_URL;
  if (named) return { url: named.replace(/\/$/, ''), stop: async () => undefined };
  say('starting a house …');
  const { startRecourse } = await import('../deploy/embedded/dist/starting.js');
  const started = await startRecourse({ environment: { RECOURSE_PUBLIC_RATE: '10000000', RECOURSE_LOG_LEVEL: 'warn' } });
  const { seedDemonstration } = await import('../stories/dist/index.js');
  await seedDemonstration(started.url).catch((error) => say(`the demonstration was not told to its end: ${error.message.slice(0, 120)}`));
  return started;
};
const running = await house().catch((error) => stopWith(`The house did not start: ${error.message}`));

const { askForTokens } = await import('../deploy/issuer/dist/asking.js');
const roles = ['platform', 'customer', 'agent', 'supervisor', 'auditor', 'operator', 'privacy-officer'];
const tokensFile = path.join(folder, 'tokens.json');
const writeTokens = async () => {
  const tokens = {};
  for (const role of roles) {
    const { access_token } = await askForTokens({
      issuer: `${running.url}/issuer`,
      ...{ role, tenant: 'quanpay', ...(role === 'customer' && { customer: 'customer-fuzz' }) },
    });
    tokens[role] = access_token;
  }
  fs.writeFileSync(`${tokensFile}.new`, JSON.stringify(tokens), { mode: 0o600 });
  fs.renameSync(`${tokensFile}.new`, tokensFile);
};
await writeTokens().catch((error) => stopWith(`No tokens at ${running.url}/issuer: ${error.message}`));
const refreshing = setInterval(
  () => void writeTokens().catch((error) => say(`the tokens could not be renewed: ${error.message}`)),
  3 * 60_000,
);

/** Ids to ask for, as the lists show them; more are learnt from the answers on the way. */
const knownFile = path.join(folder, 'known.json');
const lists = {
  complaints: 'platform',
  cases: 'platform',
  notices: 'agent',
  'webhook-endpoints': 'platform',
  queues: 'agent',
  agents: 'supervisor',
  refunds: 'platform',
};
const writeKnown = async () => {
  const tokens = JSON.parse(fs.readFileSync(tokensFile, 'utf8'));
  const known = {};
  for (const [noun, role] of Object.entries(lists)) {
    const answer = await fetch(`${running.url}/v1/${noun}?limit=50`, { headers: { authorization: `Bearer ${tokens[role]}` } });
    const { items = [] } = answer.ok ? await answer.json() : {};
    known[noun] = items.map(({ id }) => id).filter((id) => typeof id === 'string');
    if (noun === 'cases') {
      known.receipts = items.map(({ reference }) => reference).filter(Boolean);
      known.accounts = [...new Set(items.map(({ account }) => account).filter((id) => typeof id === 'string'))];
    }
  }
  // What is written about a case is about the complaint of the same id, and audited under it.
  known.cases = [...new Set([...known.cases, ...known.complaints])];
  fs.writeFileSync(knownFile, JSON.stringify(known));
};
await writeKnown();

const { portsFrom } = await import('../deploy/embedded/dist/claiming.js');
const addressOf = (document) =>
  document === 'recourse' ? running.url : `http://127.0.0.1:${portsFrom(Number(new URL(running.url).port))[document]}`;

/** The same seed draws the same: a small generator of its own (mulberry32), because Math.random takes no seed. */
const generator = (from) => {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** The operations of a short run: as many of each document as fit into three minutes, different ones for different seeds. */
const drawn = (document, most) => {
  const { paths } = JSON.parse(fs.readFileSync(`contracts/openapi/${document}.json`, 'utf8'));
  const chance = generator(seed + documents.indexOf(document));
  return Object.entries(paths)
    .flatMap(([where, item]) =>
      leftOut.some((one) => one.matches.test(where)) ? [] : Object.values(item).map(({ operationId }) => operationId),
    )
    .map((id) => [chance(), id])
    .sort(([one], [other]) => one - other)
    .slice(0, most)
    .map(([, id]) => id);
};

const fuzz = (document) =>
  new Promise((resolve) => {
    const counts = path.join(folder, `${document}.json`);
    const parts = long ? [] : drawn(document, 3).flatMap((id) => ['--include-operation-id', id]);
    const without = leftOut.flatMap(({ matches }) => ['--exclude-path-regex', matches.source]);
    const child = spawn(
      python,
      [
        ...[
          '-m',
          'schemathesis.cli',
          '--config-file',
          'tools/fuzzing.toml',
          'run',
          `contracts/openapi/${document}.json`,
          '--url',
          addressOf(document),
        ],
        ...[
          '-c',
          'all',
          '--seed',
          `${seed}`,
          '-n',
          long ? '25' : '3',
          '--phases',
          long ? 'examples,coverage,fuzzing,stateful' : 'examples,coverage,fuzzing',
        ],
        ...['--continue-on-failure', '--no-shrink', '--no-color', '--generation-database', 'none', '--output-sanitize', 'false'],
        ...['--suppress-health-check', 'all', '--request-timeout', '30', '--warnings', 'off', '--generation-allow-x00', 'false'],
        ...[...parts, ...without],
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          ...{ PYTHONPATH: path.join(home, 'tools'), SCHEMATHESIS_HOOKS: 'fuzzing', PYTHONDONTWRITEBYTECODE: '1', COLUMNS: '160' },
          ...{
            RECOURSE_FUZZ_TOKENS: tokensFile,
            RECOURSE_FUZZ_COUNTS: counts,
            RECOURSE_FUZZ_KNOWN: knownFile,
            RECOURSE_FUZZ_SEED: `${seed}`,
          },
          RECOURSE_FUZZ_EXCUSED: JSON.stringify(excused),
        },
      },
    );
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    const since = Date.now();
    const ticking = setInterval(() => say(`${document} … ${Math.round((Date.now() - since) / 1000)} s`), 30_000);
    child.on('error', (error) => (said += error.message));
    child.on('close', (code) => {
      clearInterval(ticking);
      fs.writeFileSync(path.join(kept, `${document}.txt`), readable(said));
      const counted = fs.existsSync(counts) ? JSON.parse(fs.readFileSync(counts, 'utf8')) : { requests: 0 };
      resolve({ document, code, said: readable(said), ...counted });
    });
  });

/** A token of the run is of no use to anybody; what a reader needs is whose it was. */
const readable = (text) =>
  text.replace(/Bearer (ey[\w-]+)\.([\w-]+)\.[\w-]+/g, (_, head, claims) => {
    try {
      return `Bearer '$(npm run --silent token -- ${JSON.parse(Buffer.from(claims, 'base64url').toString()).role})'`;
    } catch {
      return `Bearer ${head}…`;
    }
  });

const failuresIn = (said) =>
  /={5,} FAILURES ={5,}\n(.*?)\n={5,} (?:WARNINGS|SUMMARY)/s.exec(said)?.[1] ?? /={5,} ERRORS ={5,}\n(.*?)\n={5,} SUMMARY/s.exec(said)?.[1];

const wanted = only ? [only] : documents;
const results = [];
// Two at a time: one asks while the other one thinks.
await Promise.all(
  [0, 1].map(async (lane) => {
    for (let at = lane; at < wanted.length; at += 2) {
      const result = await fuzz(wanted[at]);
      results.push(result);
      const { document, code, requests, ...kinds } = result;
      const spread = Object.entries(kinds)
        .filter(([kind]) => /^\d{3}$/.test(kind))
        .map(([kind, count]) => `${kind}: ${count}`)
        .join(', ');
      say(`${code === 0 ? '✓' : '✗'} ${document.padEnd(14)} ${String(requests).padStart(6)} requests   ${spread}`);
    }
  }),
);
clearInterval(refreshing);
await running.stop();

const failed = results.filter(({ code, requests }) => code !== 0 || requests === 0);
for (const { document, said } of failed) process.stdout.write(`\n${document}\n${failuresIn(said) ?? said.slice(-3000)}\n`);
const total = results.reduce((sum, { requests }) => sum + requests, 0);
process.stdout.write(`${total} requests to ${results.length} documents, ${failed.length} of them with failures (seed ${seed})\n`);
fs.rmSync(folder, { recursive: true, force: true });
process.exit(failed.length > 0 ? 1 : 0);
