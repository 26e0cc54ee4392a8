// npm run relay -- status: what operators see of telling and hearing, and what they may do about it, through the front door.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';

const services = ['intake', 'case-tracking', 'account-lock', 'notification', 'audit', 'governance'];

const help = `What is told and heard, what waits, and what an operator does about it (docs/operating.md).

  npm run --silent relay -- status [--service S]
  npm run --silent relay -- parked [--service S]                     the keys that wait
  npm run --silent relay -- look <id> --service S                    one of them, without anything its messages say
  npm run --silent relay -- retry <id> --service S                   tries it now
  npm run --silent relay -- skip <id> --service S --why CODE         asks for its first message to be let go for ever
  npm run --silent relay -- approve <id> <request> --service S       agrees to that; never the person who asked
  npm run --silent relay -- deny <id> <request> --service S --why CODE
  npm run --silent relay -- rewind <cursor> <position> --service S [--why CODE]
                                 tells the log again from there on: messages (to the neighbours) or records (to the notary)

  --service     ${services.join(', ')}; left out, all of them where one only looks
  --why         skip: cannot-be-read, kills-the-process, cannot-be-carried, done-by-hand, overtaken, sent-by-mistake
                deny: can-be-mended, effect-is-needed, look-again
                rewind: gap-seen (usual), neighbour-restored, carrier-lost-messages, hearer-asks
  --tenant      whose operator you are: quanpay (usual), tidepay, harbour. The second person needs another one
  --json        the answers as data
  --url         where Recourse is (default RECOURSE_URL, else http://127.0.0.1:4000, moved by RECOURSE_PORT)
  --help        this page

With RECOURSE_TOKEN set to an operator's token no token is asked for.
`;

process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));

/** One sentence instead of a stack trace. */
const fail = (sentence) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

const asked = () => {
  try {
    const [text, flag] = [{ type: 'string' }, { type: 'boolean' }];
    const options = { service: text, why: text, tenant: text, url: text, json: flag, help: flag };
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    return fail(`${error.message.split('.')[0]}. See: npm run relay -- --help`);
  }
};

const { values, positionals } = asked();
const [command, ...rest] = positionals;
if (values.help || !command) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 1);
}
if (values.service && !services.includes(values.service)) fail(`There is no service ${values.service}; they are ${services.join(', ')}.`);

const { RECOURSE_PORT = '4000', RECOURSE_URL = `http://127.0.0.1:${RECOURSE_PORT}`, RECOURSE_TOKEN } = process.env;
const url = (values.url ?? RECOURSE_URL).replace(/\/$/, '');

const tokenOf = async () => {
  if (RECOURSE_TOKEN) return RECOURSE_TOKEN;
  const { askForTokens } = await import('../deploy/issuer/dist/asking.js').catch(() =>
    fail('Nothing is built yet. Build and start Recourse with: npm start'),
  );
  try {
    return (await askForTokens({ issuer: `${url}/issuer`, role: 'operator', tenant: values.tenant ?? 'quanpay' })).access_token;
  } catch (error) {
    if (typeof error.code === 'string') return fail(`The issuer gives no operator's token: ${error.message}`);
    return fail(`Nothing answers at ${url}. Start Recourse with: npm start`);
  }
};
let token;

const ask = async (service, path, body) => {
  token ??= tokenOf();
  const headers = { authorization: `Bearer ${await token}` };
  if (body) Object.assign(headers, { 'content-type': 'application/json', 'idempotency-key': randomUUID() });
  else if (body === null) headers['idempotency-key'] = randomUUID();
  const answer = await fetch(`${url}/v1/operations/${service}/${path}`, {
    ...(body !== undefined && { method: 'POST' }),
    ...(body && { body: JSON.stringify(body) }),
    headers,
  }).catch(() => fail(`Nothing answers at ${url}. Start Recourse with: npm start`));
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  const fields = (told.errors ?? []).map(({ pointer, parameter, detail }) => `${pointer ?? parameter}: ${detail}`).join('; ');
  return fail([`${told.title ?? `The answer was ${answer.status}`}.`, told.advice, fields].filter(Boolean).join(' '));
};

const one = () => values.service ?? fail(`Say which service: --service ${services.join(' | ')}`);
const each = () => (values.service ? [values.service] : services);
const idGiven = () => rest[0] ?? fail(`Say which key: its id stands in npm run relay -- parked.`);
const requestGiven = () => rest[1] ?? fail('Say which request: its id stands in npm run relay -- look <id>.');
const print = (data, tell) => process.stdout.write(values.json ? `${JSON.stringify(data, null, 2)}\n` : `${tell(data)}\n`);

const statusLine = ({ service, head, relay, inbox, parked, skipped }) =>
  [
    `${service}: log up to ${head}, ${relay.leader.lives ? 'told' : 'told by NOBODY'}${inbox.pausedHere ? ', hearing PAUSED' : ''}`,
    ...relay.cursors.map(
      ({ name, told, untold, oldestUntoldAt }) =>
        `  ${name} told up to ${told}${untold ? `, ${untold} untold since ${oldestUntoldAt}` : ''}`,
    ),
    ...inbox.unheard.map(({ topic, partition, messages }) => `  ${messages} unheard of ${topic}/${partition}`),
    ...inbox.completeUpTo.map(({ topic, until }) => `  ${topic} heard completely up to ${until ?? 'nobody knows when'}`),
    ...(parked.keys ? [`  ${parked.keys} keys wait with ${parked.messages} messages, ${parked.held} of them for a person`] : []),
    ...skipped.map(({ consumer, topic, count, last }) => `  ${count} skipped of ${topic} (${consumer}), the last one ${last}`),
  ].join('\n');

const keyLine = (service) => (key) =>
  `${key.id}  ${service} ${key.consumer}  ${key.topic}  ${key.messages} messages since ${key.since}  ${key.why}` +
  (key.nextTry ? `, tried again ${key.nextTry}` : ', waits for a person');

const lookLines = ({ waiting, messages, history }) =>
  [
    waiting ? keyLine(values.service)(waiting) : 'It waits no more.',
    ...messages.map((one) => `  ${one.message}  ${one.type}  ${one.tenant}  ${one.at}  ${one.bytes} bytes  ${one.sealed.join(' ')}`),
    ...(history?.skips ?? []).map(
      (one) => `  request ${one.request}: ${one.stage}, ${one.why}, asked by ${one.askedBy} for ${one.message}`,
    ),
  ].join('\n');

const commands = {
  status: async () => {
    const all = await Promise.all(each().map((service) => ask(service, 'status')));
    print(values.service ? all[0] : all, () => all.map(statusLine).join('\n'));
  },
  parked: async () => {
    const all = await Promise.all(each().map(async (service) => ({ service, ...(await ask(service, 'parked-keys?limit=200')) })));
    const lines = all.flatMap(({ service, items }) => items.map(keyLine(service)));
    print(all, () => lines.join('\n') || 'No key waits.');
  },
  look: async () => print(await ask(one(), `parked-keys/${idGiven()}`), lookLines),
  retry: async () => print(await ask(one(), `parked-keys/${idGiven()}/retry`, null), () => 'It is tried now.'),
  skip: async () => {
    const why = values.why ?? fail('Say why: --why cannot-be-read, for example. See: npm run relay -- --help');
    const { skips } = await ask(one(), `parked-keys/${idGiven()}/skip`, { why });
    print(skips.at(-1), ({ request, message }) => `Asked for ${message}: request ${request}. A second person has four hours to agree.`);
  },
  approve: async () =>
    print(
      await ask(one(), `parked-keys/${idGiven()}/skip/${requestGiven()}/decision`, { outcome: 'approved' }),
      () => 'The message is let go; the next one of its key is tried.',
    ),
  deny: async () =>
    print(
      await ask(one(), `parked-keys/${idGiven()}/skip/${requestGiven()}/decision`, {
        outcome: 'denied',
        ...(values.why && { why: values.why }),
      }),
      () => 'The message goes on waiting.',
    ),
  rewind: async () => {
    const [cursor, position] = rest;
    if (!['messages', 'records'].includes(cursor) || !/^\d{1,12}$/.test(position ?? ''))
      fail('Say what is told again, and from where: npm run relay -- rewind records 812 --service case-tracking');
    const body = { cursor, position: Number(position), why: values.why ?? 'gap-seen' };
    print(
      await ask(one(), 'relay/rewind', body),
      () => `The ${cursor} of ${values.service} are told again from ${position} on. Watch: npm run relay -- status`,
    );
  },
};

if (!Object.hasOwn(commands, command))
  fail(`There is no ${command}; there is ${Object.keys(commands).join(', ')}. See: npm run relay -- --help`);
await commands[command]();
