// npm run replay -- R7K3-M9QX-2D: the history of a case, across all services, told so that one enjoys reading it.
import { parseArgs } from 'node:util';

const help = `Tells the history of a case, step by step, as an auditor sees it: nothing sealed is opened.

  npm run --silent replay -- <reference> [--lang zh-CN] [--at 2026-11-18T02:30:00Z]

  <reference>   R7K3-M9QX-2D, as it stands on a letter; lower case and spaces will do. The id of a case does too.
  --at          as of then: an instant, or a position with its log (case-tracking:812)
  --lang        en or zh-CN; left out, the platform's own language
  --tenant      quanpay, tidepay or harbour; left out, whichever knows the case
  --all         also what only serves the house: feeds, reminders, signposts
  --json        the timeline as data
  --url         where Recourse is (default RECOURSE_URL, else http://127.0.0.1:4000, moved by RECOURSE_PORT)
  --help        this page

With RECOURSE_TOKEN set to an auditor's token no token is asked for. NO_COLOR is honoured.
`;

// `… | head` closes the pipe early: that is no fault.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));

/** One sentence instead of a stack trace. */
const fail = (sentence) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

const asked = () => {
  try {
    const [text, flag] = [{ type: 'string' }, { type: 'boolean' }];
    const options = { at: text, lang: text, tenant: text, url: text, all: flag, json: flag, help: flag };
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    return fail(`${error.message.split('.')[0]}. See: npm run replay -- --help`);
  }
};

const { values, positionals } = asked();
if (values.help || positionals.length === 0) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 1);
}
if (values.lang && !['en', 'zh-CN'].includes(values.lang)) fail(`There are two languages: en and zh-CN, not ${values.lang}.`);

const built = (path) => import(path).catch(() => fail('Nothing is built yet. Build and start Recourse with: npm start'));
const contracts = await built('../contracts/dist/index.js');
const { askForTokens } = await built('../deploy/issuer/dist/asking.js');
const { people } = await built('../deploy/issuer/dist/identities.js');
const { colours, plain } = await built('../services/audit/dist/printing/laying-out.js');
const { retell } = await built('../services/audit/dist/printing/retelling.js');
const { isOnStage } = await built('../services/audit/dist/printing/staging.js');
const { phraseMoney } = await built('../services/notification/dist/notice/phrasing.js');

const { RECOURSE_PORT = '4000', RECOURSE_URL = `http://127.0.0.1:${RECOURSE_PORT}`, RECOURSE_TOKEN, NO_COLOR } = process.env;
const url = (values.url ?? RECOURSE_URL).replace(/\/$/, '');
const typed = positionals.join(' ');
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const reference = contracts.parseReference(typed);
if (!reference && !uuid.test(typed)) fail(hintFor(typed));
if (reference?.startsWith('C'))
  fail(`${reference} is the receipt of a contact. Give the reference of the complaint, which begins with R; it stands on the receipt.`);

const found = await find();
const timeline = await getOf(found, `/${found.matter}/events${asOf()}`);
if (values.json) {
  process.stdout.write(`${JSON.stringify(timeline, null, 2)}\n`);
  process.exit(0);
}
tell(timeline);

/** What is wrong with a reference, and what they look like. */
function hintFor(text) {
  const bare = text.toUpperCase().replace(/[^0-9A-Z]/g, '');
  if (/^[RC]/.test(bare) && bare.length === 10)
    return `${text} is no reference: a symbol is wrong, or two are swapped (the last one is a check). Look at it again; they read like R7K3-M9QX-2D.`;
  return `${text} is no reference. They begin with R and have ten symbols, like R7K3-M9QX-2D. The stories of npm run demo end with theirs.`;
}

function asOf() {
  if (!values.at) return '';
  return `?${/^[a-z-]+:\d+$/.test(values.at) ? 'position' : 'at'}=${encodeURIComponent(values.at)}`;
}

async function tokenOf(tenant) {
  if (RECOURSE_TOKEN) return RECOURSE_TOKEN;
  try {
    return (await askForTokens({ issuer: `${url}/issuer`, role: 'auditor', tenant })).access_token;
  } catch (error) {
    if (typeof error.code === 'string') return fail(`The issuer gives no auditor's token for ${tenant}: ${error.message}`);
    return fail(`Nothing answers at ${url}. Start Recourse with: npm start`);
  }
}

async function get(token, path) {
  const answer = await fetch(`${url}/v1/audit/cases${path}`, { headers: { authorization: `Bearer ${token}` } }).catch(() =>
    fail(`Nothing answers at ${url}. Start Recourse with: npm start`),
  );
  return { status: answer.status, body: await answer.json().catch(() => ({})) };
}

async function getOf({ token }, path) {
  const { status, body } = await get(token, path);
  if (status === 200) return body;
  if (status === 400 && values.at)
    return fail(`${values.at} is neither an instant (2026-11-18T02:30:00Z) nor a position with its log (case-tracking:812).`);
  if (body.code === 'position-not-reached') return fail(`${values.at} has not been reached, or is not of this platform's matters.`);
  if (status === 404)
    return fail(values.at ? `Nothing had been recorded of it by ${values.at}.` : 'Nothing is recorded of it yet. Try again in a moment.');
  return fail(`${body.title ?? `The answer was ${status}`}. ${body.advice ?? ''}`.trim());
}

/** An auditor sees one platform's matters, so each platform is asked in turn. */
async function find() {
  const tenants = values.tenant ? [values.tenant] : RECOURSE_TOKEN ? [''] : [...contracts.allPlatformSettings().keys()];
  for (const tenant of tenants) {
    const token = await tokenOf(tenant);
    if (!reference) {
      const { status } = await get(token, `/${typed.toLowerCase()}/events`);
      if (status === 200) return { token, tenant, matter: typed.toLowerCase() };
      continue;
    }
    const { status, body } = await get(token, `?reference=${reference}`);
    if (status === 200) return { token, tenant, matter: body.items[0].case };
    if (status !== 404) return fail(`${body.title ?? `The answer was ${status}`}. ${body.advice ?? ''}`.trim());
  }
  return fail(
    `No case has the reference ${reference ?? typed}${values.tenant ? ` on ${values.tenant}` : ''}. Is it of another installation? (npm run demo makes some here.)`,
  );
}

function tell({ items }) {
  const settings = contracts.platformSettings(found.tenant) ?? [...contracts.allPlatformSettings().values()][0];
  const language = values.lang ?? settings.defaultLanguage;
  const ink = process.stdout.isTTY && !NO_COLOR ? colours : plain;
  const shown = values.all ? items : items.filter(isOnStage);
  const directory = new Map(people.map(({ sub, name, badge }) => [sub, { name, ...(badge && { badge }) }]));
  const word = (group, code) => contracts.allWording[language][group]?.[code];
  const category = items.map(({ data }) => data.category).findLast((code) => typeof code === 'string');
  const about = [settings.name[language], category && word('category', category)].filter(Boolean).join(' · ');
  process.stdout.write(`\n${ink.bold(reference ?? found.matter)}  ${about}\n`);
  const manner = {
    language,
    zone: settings.zone,
    ink,
    columns: Math.max(60, Math.min(process.stdout.columns ?? 110, 140)),
    happening: (type) => contracts.happeningOf(language, type),
    member: (name) => contracts.memberName(language, name),
    word,
    money: (amount) => phraseMoney(amount, { language }),
    somebody: (actor) => directory.get(actor),
  };
  process.stdout.write(`${retell(items, manner, values.all ? undefined : isOnStage)}\n`);
  process.stdout.write(ink.dim(`${closing(items, shown, language)}\n`));
}

/** Where one can go on looking: the last position of each log. */
function closing(items, shown, language) {
  const heads = Object.entries(Object.fromEntries(items.map(({ position }) => position.split(':')))).map(([log, last]) => `${log}:${last}`);
  const hidden = items.length - shown.length;
  return language === 'zh-CN'
    ? `共${shown.length}步${hidden ? `（另有${hidden}步内部记录，--all 可见）` : ''}，截至 ${heads.join('、')}`
    : `${shown.length} steps${hidden ? ` (and ${hidden} behind the scenes: --all)` : ''}, up to ${heads.join(', ')}`;
}
