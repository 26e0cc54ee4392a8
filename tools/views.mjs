// npm run views -- rebuild caseload: builds a view anew beside the one that is read, compares, swaps, and gives back.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { addressOf, built, nobodyAnswers } from './addressing.mjs';
import { count, times } from './counting.mjs';

const help = `Views are folded from the log. A new generation of one is built beside the one that is read, while writes go on.

  npm run --silent views -- list [--service S]
  npm run --silent views -- rebuild <view> [--swap] [--batched]   builds a generation and compares it with the live one
  npm run --silent views -- compare <view> [--with N]             count and checksum of two generations at the same position
  npm run --silent views -- swap <view>                           everybody reads the new one from here on
  npm run --silent views -- rollback <view>                       back to the one before, which has been kept up to date
  npm run --silent views -- drop <view> [--generation N]          drops what is not live: the one before, or one given up

  --service     intake, case-tracking, account-lock, notification, audit or governance; needed where two have a view of that name
  --swap        rebuild: swaps as well when both are equal
  --batched     rebuild: stores batch by batch from the start, without the first load in memory
  --with        compare: the number of the other generation, instead of the newest
  --generation  drop: this one only
  --help        this page

The services build, so they have to run: npm start. One that is stopped in the middle goes on where it was, or is given up with drop. The
databases are found as npm start finds them (RECOURSE_HOME, RECOURSE_PORT, DATABASE_URL); elsewhere set DATABASE_LOG_URL and say --service.
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
    const options = { service: text, with: text, generation: text, swap: flag, batched: flag, help: flag };
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    return fail(`${error.message.split('.')[0]}. See: npm run views -- --help`);
  }
};

const { values, positionals } = asked();
const [command, name] = positionals;
const commands = ['list', 'rebuild', 'compare', 'swap', 'rollback', 'drop'];
if (values.help || !command) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 1);
}
if (!commands.includes(command)) fail(`There is no command ${command}; they are ${commands.join(', ')}.`);
if (command !== 'list' && !name) fail(`Say which view: npm run views -- ${command} <view>. They stand in npm run views -- list.`);
for (const option of ['with', 'generation'])
  if (values[option] !== undefined && !/^\d+$/.test(values[option]))
    fail(`--${option} takes the number of a generation, not ${values[option]}.`);

const { Generations } = await built('libs/event-store/dist/index.js');
const { services } = await built('deploy/embedded/dist/index.js');
if (values.service && !services.includes(values.service)) fail(`There is no service ${values.service}; they are ${services.join(', ')}.`);

const opened = new Map();
/** Of a service's database as its log role: told, or as npm start has it. */
const catalogueOf = async (service) => {
  const told = values.service && process.env.DATABASE_LOG_URL;
  if (!opened.has(service)) opened.set(service, Generations.at(told || (await addressOf(service))));
  return opened.get(service);
};

async function list() {
  for (const service of values.service ? [values.service] : services) {
    const catalogue = await catalogueOf(service);
    const [all, head] = [await catalogue.all(), await catalogue.head()];
    print(`${service}: log up to ${count(head)}${all.length === 0 ? ', no views' : ''}`);
    for (const one of all)
      print(
        `  ${one.view.padEnd(20)} generation ${one.generation}  ${one.state.padEnd(8)}  fold v${one.version}  at ${count(one.reached)}` +
          `${one.reached < head ? ` (${count(head - one.reached)} behind)` : ''}${one.followed ? '' : '  followed by NOBODY'}`,
      );
  }
}

/** The service that has the view. */
async function serviceOf(view) {
  const having = [];
  for (const service of values.service ? [values.service] : services)
    if ((await (await catalogueOf(service)).all(view)).length > 0) having.push(service);
  if (having.length > 1) fail(`${having.join(' and ')} have a view ${view}: say --service.`);
  return having[0] ?? fail(`There is no view ${view}. They stand in npm run views -- list.`);
}

/** One line that is written over and over on a terminal, a line every two seconds elsewhere. */
function progress(goal) {
  let [since, from, said] = [performance.now(), undefined, 0];
  const start = since;
  return ({ reached, followed, indexed }) => {
    const now = performance.now();
    from ??= reached;
    if (followed || reached > from) since = now;
    if (now - since > 15_000)
      fail('\nNobody builds it: does the service run? (npm start) What is begun stays; rebuild goes on with it, drop gives it up.');
    if (now - said < (process.stdout.isTTY ? 200 : 2_000)) return;
    said = now;
    const rate = ((reached - from) / (now - start)) * 1000;
    const left = rate > 0 ? `, ${Math.ceil(Math.max(0, goal - reached) / rate)} s left` : '';
    const line = `  ${count(Math.max(0, reached))} of ${count(goal)}, ${count(Math.round(rate))} events/s${left}${!indexed && reached >= goal ? ', loading and indexing' : ''}`;
    process.stdout.write(process.stdout.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  };
}

function tellComparison({ generations: [one, other], position, equal, tables }) {
  print(`Generations ${one} and ${other} at position ${count(position)}: ${equal ? 'equal' : 'DIFFERENT'}`);
  for (const { table, rows, onlyIn } of tables)
    print(
      `  ${table}: ${count(rows[0])} and ${times(rows[1], 'row')}` +
        (onlyIn[0] + onlyIn[1] > 0 ? `, ${count(onlyIn[0])} only in ${one}, ${count(onlyIn[1])} only in ${other}` : ''),
    );
  return equal;
}

async function rebuild(catalogue, view) {
  const goal = await catalogue.head();
  const generation = await catalogue.begin(view, { bulk: !values.batched });
  print(`Generation ${generation} of ${view} is being built, up to position ${count(goal)} and whatever comes.`);
  await catalogue.builtTo(view, generation, goal, { ms: Number.POSITIVE_INFINITY, told: progress(goal) });
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K');
  const equal = tellComparison(await catalogue.compare(view, generation));
  if (!values.swap) return print(`It is kept up to date and read by nobody: npm run views -- swap ${view}, or drop ${view}.`);
  if (!equal) fail(`It is not swapped in, because it differs. Once you know why: npm run views -- swap ${view}`);
  await swap(catalogue, view);
}

async function swap(catalogue, view) {
  print(
    `Generation ${await catalogue.swap(view)} of ${view} is live. The one before is kept up to date: rollback ${view}, or drop ${view}.`,
  );
}

const carryOut = {
  rebuild,
  swap,
  compare: async (catalogue, view) => {
    if (!tellComparison(await catalogue.compare(view, values.with && Number(values.with)))) process.exitCode = 2;
  },
  rollback: async (catalogue, view) => print(`Generation ${await catalogue.rollback(view)} of ${view} is live again.`),
  drop: async (catalogue, view) => {
    const dropped = await catalogue.drop(view, values.generation && Number(values.generation));
    print(dropped.length > 0 ? `Dropped of ${view}: generation ${dropped.join(', ')}.` : `${view} has nothing but what is live.`);
  },
};

try {
  if (command === 'list') await list();
  else await carryOut[command](await catalogueOf(await serviceOf(name)), name);
} catch (error) {
  if (error.name === 'NotSo' || error.name === 'NeverMet') fail(error.message);
  if (['ECONNREFUSED', '3D000', '28P01', '57P03'].includes(error.code)) fail(nobodyAnswers);
  if (error.code === '42P01') fail('These databases are of an earlier release. Start Recourse once with: npm start');
  fail(`It could not be done: ${error.message}`);
} finally {
  await Promise.all([...opened.values()].map((catalogue) => catalogue.close()));
}
