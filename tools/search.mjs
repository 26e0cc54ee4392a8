// npm run search -- status: how far what is sealed can be found, and by the keys of which epoch; reindex makes every token anew.
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { addressOf, nobodyAnswers } from './addressing.mjs';
import { count, times } from './counting.mjs';

const help = `Sealed text is found by tokens, made with keys of an epoch. A new epoch makes them all anew, while everything is found as before.

  npm run --silent search -- status [--tenant T] [--json]   groups that can be found, that wait, that were forgotten; tokens by epoch
  npm run --silent search -- reindex --tenant T             begins the next epoch of a platform and waits until all is made anew
                                                            and the older keys are destroyed

  --tenant    the platform, as tokens name it
  --no-wait   reindex: only asks for it; status shows how far it has come
  --json      status: as JSON
  --help      this page

The service case-tracking does the work, so it has to run: npm start. Each case is opened for the purpose "indexing", which is recorded. To be done every
year, and whenever somebody may have seen a key. A run that is ended leaves the work going on. The database is found as npm start finds it
(RECOURSE_HOME, RECOURSE_PORT, DATABASE_URL); elsewhere set DATABASE_LOG_URL to that of case-tracking, as its log role.
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
    return parseArgs({ allowPositionals: true, options: { tenant: text, 'no-wait': flag, json: flag, help: flag } });
  } catch (error) {
    return fail(`${error.message.split('.')[0]}. See: npm run search -- --help`);
  }
};

const { values, positionals } = asked();
const [command, ...more] = positionals;
if (values.help || !command) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 1);
}
if (!['status', 'reindex'].includes(command)) fail(`There is no command ${command}; they are status and reindex.`);
if (more.length > 0) fail(`${command} takes options alone, not ${more[0]}. See: npm run search -- --help`);
if (command === 'reindex' && !values.tenant) fail('Say which platform: npm run search -- reindex --tenant quanpay');

/** Case-tracking's database as its log role: told, or as npm start has it. */
const address = process.env.DATABASE_LOG_URL ?? (await addressOf('case-tracking'));

/** The driver that the store has: tools have none of their own. */
const { Pool } = createRequire(new URL('../libs/event-store/package.json', import.meta.url))('pg');
const pool = new Pool({ connectionString: address, max: 1, application_name: 'npm run search' });
pool.on('error', () => undefined); // whoever asks next hears of it
const ask = async (sql, ...parameters) => (await pool.query(sql, parameters)).rows;

/** How each platform stands. Entries of a key that was forgotten wait for nobody. */
async function standings(tenant) {
  const entries = await ask(
    `select e.tenant, e.epoch, f.key is not null as forgotten, count(*)::int as groups
     from search_entry e left join search_forgotten f on f.key = e.key where $1::text is null or e.tenant = $1 group by 1, 2, 3`,
    tenant ?? null,
  );
  const tokens = await ask(
    'select tenant, epoch, count(*)::int as tokens from search_token where $1::text is null or tenant = $1 group by 1, 2 order by 2',
    tenant ?? null,
  );
  const wanted = new Map((await ask('select tenant, wanted from search_epoch')).map((row) => [row.tenant, row.wanted]));
  const tenants = [...new Set(entries.map((row) => row.tenant))].sort();
  return tenants.map((name) => {
    const own = entries.filter((row) => row.tenant === name);
    const newest = Math.max(1, wanted.get(name) ?? 1, ...own.map(({ epoch }) => epoch));
    const sum = (which) => own.filter(which).reduce((all, { groups }) => all + groups, 0);
    return {
      tenant: name,
      epoch: newest,
      groups: sum(() => true),
      found: sum(({ forgotten, epoch }) => !forgotten && epoch === newest),
      older: sum(({ forgotten, epoch }) => !forgotten && epoch > 0 && epoch < newest),
      unread: sum(({ forgotten, epoch }) => !forgotten && epoch === 0),
      forgotten: sum(({ forgotten }) => forgotten),
      tokens: Object.fromEntries(tokens.filter((row) => row.tenant === name).map(({ epoch, tokens: many }) => [epoch, many])),
    };
  });
}

async function status() {
  const all = await standings(values.tenant);
  if (values.json) return print(JSON.stringify(all, null, 2));
  if (all.length === 0)
    return print(
      values.tenant
        ? `Nothing of ${values.tenant} can be found: it has told nothing under seal yet.`
        : 'Nothing has been told under seal yet.',
    );
  for (const { tenant, epoch, groups, found, older, unread, forgotten, tokens } of all) {
    print(`${tenant}: epoch ${epoch}, ${times(groups, 'sealed group')}`);
    print(`  ${count(found)} found by it, ${count(older)} by an older epoch, ${count(unread)} not yet, ${count(forgotten)} forgotten`);
    print(
      `  tokens: ${
        Object.entries(tokens)
          .map(([of, many]) => `${count(many)} of epoch ${of}`)
          .join(', ') || 'none'
      }`,
    );
  }
}

async function reindex(tenant) {
  const [before] = await standings(tenant);
  if (!before) fail(`Nothing of ${tenant} is sealed here, so nothing can be made anew. Its name stands in npm run search -- status.`);
  if (before.older > 0)
    fail(`Epoch ${before.epoch} of ${tenant} is still being made: ${times(before.older, 'group')} left. See: npm run search -- status`);
  const [{ wanted }] = await ask(
    `insert into search_epoch as e (tenant, wanted) values ($1, $2) on conflict (tenant) do update set wanted = greatest(e.wanted, excluded.wanted) returning wanted`,
    tenant,
    before.epoch + 1,
  );
  print(`Epoch ${wanted} of ${tenant} is asked for: ${times(before.found, 'group')} to be read and made findable anew.`);
  if (values['no-wait']) return;
  let [since, done, said] = [performance.now(), -1, 0];
  for (; ; await pause(500)) {
    const [{ found, older, unread, tokens }] = await standings(tenant);
    const now = performance.now();
    if (found !== done) [since, done] = [now, found];
    const old = Object.keys(tokens).some((epoch) => Number(epoch) < wanted);
    if (older + unread === 0 && !old) break;
    if (now - since > 90_000)
      fail('\nNobody makes them: does case-tracking run? (npm start) What was asked for stays, and goes on by itself.');
    if (now - said < (process.stdout.isTTY ? 400 : 2_000)) continue;
    said = now;
    const line = `  ${count(found)} of ${count(found + older + unread)}${older + unread === 0 ? ', dropping the older tokens' : ''}`;
    process.stdout.write(process.stdout.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  }
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K');
  print(`Everything of ${tenant} is found by epoch ${wanted} alone; the keys of older epochs are destroyed.`);
}

try {
  await (command === 'status' ? status() : reindex(values.tenant));
} catch (error) {
  if (['ECONNREFUSED', '3D000', '28P01', '57P03'].includes(error.code)) fail(nobodyAnswers);
  if (error.code === '42P01') fail('This database is of an earlier release. Start Recourse once with: npm start');
  fail(`It could not be done: ${error.message}`);
} finally {
  await pool.end();
}
