// npm run policies: who may do what, at every address of the house, as one table. Needs a build and no database.
//   node tools/policies.mjs --write    writes docs/policies.md
//   node tools/policies.mjs --check    fails when docs/policies.md is not what the code says
import 'reflect-metadata';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { home, stopWith } from './preparing.mjs';

const services = ['intake', 'case-tracking', 'account-lock', 'notification', 'audit', 'governance'];
const help = `Prints who may do what: method, path, roles, what the ids of a path reach, how recent a login must be, and limits.

  npm run policies [-- --service intake] [--role customer] [--path /v1/cases] [--json]

  --service     only this service: ${services.slice(0, 3).join(', ')},
                ${services.slice(3).join(', ')} or front-door
  --role        only what this role may do (what is open to anyone included)
  --path        only addresses that begin so
  --json        the same as JSON, with the meaning of every word
  --write       writes docs/policies.md (npm run contracts does)
  --check       fails when docs/policies.md is not what the code says (npm run contracts -- --check does)
  --help        this page

The rows come from the API documents, which are generated from the code, from the routes that every service has beside
them, and from the front door's own. Nothing is started and no database is needed.
`;

const asked = () => {
  try {
    const [text, flag] = [{ type: 'string' }, { type: 'boolean' }];
    return parseArgs({ options: { service: text, role: text, path: text, json: flag, write: flag, check: flag, help: flag } }).values;
  } catch (error) {
    return stopWith(`${error.message.split('.')[0]}. See: npm run policies -- --help`);
  }
};
const wanted = asked();
if (wanted.help) {
  process.stdout.write(help);
  process.exit(0);
}

const edge = await import('@recourse/edge/documents').catch(() => stopWith('Nothing is built yet. Build first: npm run build'));
const { startFrontDoor } = await import('../services/front-door/dist/index.js');
const { routes } = await import('../services/front-door/dist/routing.js');
const { usualLimits, taxonomy } = await import('@recourse/contracts');
const { roles } = await import('@recourse/identity');
const { Module } = await import('@nestjs/common');
if (wanted.service && ![...services, 'front-door'].includes(wanted.service)) stopWith(`There is no service ${wanted.service}.`);
if (wanted.role && !roles.includes(wanted.role)) stopWith(`There is no role ${wanted.role}; the roles are ${roles.join(', ')}.`);

const kibibytes = (bytes) => (bytes >= 1_048_576 ? `${bytes / 1_048_576} MiB` : `${bytes / 1024} KiB`);
const fileSize = Math.min(taxonomy.evidence.perFile.bytes, usualLimits.sizes.evidenceBytes);

/** The operations of one service, from its API document. */
const operationsOf = (service) => {
  const file = path.join(home, 'contracts', 'openapi', `${service}.json`);
  if (!existsSync(file)) stopWith(`contracts/openapi/${service}.json is missing: run npm run contracts.`);
  const { paths } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(paths).flatMap(([address, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      service,
      method: method.toUpperCase(),
      path: address,
      roles: operation.security.length === 0 ? 'anyone' : operation['x-roles'],
      reach: operation['x-reach'] ?? [],
      ...(operation['x-fresh'] && { fresh: operation['x-fresh'] }),
      limits: limitsOf(operation),
      does: operation.summary,
    })),
  );
};
const limitsOf = ({ requestBody, parameters = [], security }) => {
  const types = Object.keys(requestBody?.content ?? {});
  const page = parameters.find(({ name, in: place }) => place === 'query' && name === 'limit')?.schema?.maximum;
  return {
    rate: security.length === 0 ? ['address'] : ['tenant', 'client', 'subject'],
    ...(types.includes('application/json') && { body: kibibytes(edge.LARGEST_BODY) }),
    ...(types.includes('multipart/form-data') && { file: kibibytes(fileSize) }),
    ...(page && { page }),
  };
};

/** What every service has beside its operations, on its own port alone: as a service without any operation registers it. */
const ofEveryService = async () => {
  class Bare {}
  Module({})(Bare);
  const urls = { RECOURSE_SERVICE_PORT: '65535', RECOURSE_ISSUER: 'http://127.0.0.1', RECOURSE_KEK_FILE: '/nowhere' };
  const postgres = ['DATABASE_OWNER_URL', 'DATABASE_LOG_URL', 'DATABASE_WEB_URL', 'KEYRING_URL', 'BUS_URL'];
  const environment = { ...urls, ...Object.fromEntries(postgres.map((name) => [name, 'postgres://nowhere'])) };
  const configuration = edge.configure('policies', environment, Object.values(edge.houseVariables));
  const runtime = { configuration, log: edge.makeLog('policies', 'silent') };
  const app = await edge.buildService(Bare, { service: 'policies' }, runtime);
  return edge
    .routesOf(app)
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url, rule }) => ({
      ...{ service: 'every service', method, path: url, roles: rule === 'anyone' ? 'anyone' : rule.roles, reach: [] },
      limits: { rate: /^\/(livez|readyz|metrics)$/.test(url) ? [] : ['address'] },
    }));
};

/** The door's own pages, and what it passes on without looking: whoever stands behind it asks who calls. */
const ofTheDoor = async () => {
  const rows = [];
  const behind = new Map([
    ...routes.map(({ prefix, service }) => [prefix, service]),
    ['/issuer', 'the issuer'],
    ['/dev/mail', 'the mail sink (development)'],
  ]);
  const tellRoute = ({ method, url }) => {
    const passesTo = behind.get(url.replace(/\/\*$/, ''));
    if (passesTo) rows.push({ service: 'front-door', method: 'all', path: url, passesTo, reach: [], limits: {} });
    else
      for (const one of [method].flat().filter((name) => name !== 'HEAD'))
        rows.push({ service: 'front-door', method: one, path: url, roles: 'anyone', reach: [], limits: {} });
  };
  const nobody = 'http://127.0.0.1:9';
  const upstreams = Object.fromEntries(services.map((service) => [service, nobody]));
  const door = await startFrontDoor({ port: 0, upstreams, issuer: nobody, mail: nobody, tellRoute });
  await door.stop();
  return rows.filter(({ method, path: at }, index) => rows.findIndex((row) => row.path === at && row.method === method) === index);
};

const all = [...services.flatMap(operationsOf), ...(await ofEveryService()), ...(await ofTheDoor())];
const orphans = all.filter(({ roles: who, passesTo }) => !passesTo && (who === undefined || who.length === 0));
if (orphans.length > 0)
  stopWith(`Nobody is said to be allowed here: ${orphans.map(({ method, path: at }) => `${method} ${at}`).join(', ')}`);
const rows = all
  .filter(({ service }) => !wanted.service || service === wanted.service)
  .filter(({ path: address }) => !wanted.path || address.startsWith(wanted.path))
  .filter(({ roles: who }) => !wanted.role || who === 'anyone' || who?.includes(wanted.role));

const words = {
  who: ({ roles: who, passesTo }) => (passesTo ? `passed to ${passesTo}` : who === 'anyone' ? 'anyone' : who.join(', ')),
  fresh: ({ fresh }) => (fresh ? `${fresh.within}${fresh.acr ? ` ${fresh.acr}` : ''}` : ''),
  limits: ({ limits: { body, file, page, rate = [] } }) =>
    [body && `JSON ${body}`, file && `file ${file}`, page && `page ${page}`, rate.includes('address') && 'rate by address']
      .filter(Boolean)
      .join(', '),
};

const printed = () => {
  const cells = rows.map((row) => [
    row.service,
    row.method,
    row.path,
    words.who(row),
    row.reach.join(', '),
    words.fresh(row),
    words.limits(row),
  ]);
  const heads = ['service', 'method', 'path', 'roles', 'reach', 'fresh', 'limits'];
  const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((row) => row[column].length)));
  const lines = [heads, ...cells].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  const anyone = rows.filter(({ roles: who }) => who === 'anyone').length;
  return `${lines.join('\n')}\n\n${rows.length} addresses, ${anyone} of them open to anyone.\n`;
};

const cell = (text) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
const section = (title, some) => `## ${title}

| method | path | roles | reach | fresh | limits | |
|---|---|---|---|---|---|---|
${some.map((row) => `| ${[row.method, `\`${row.path}\``, words.who(row), row.reach.join(', '), words.fresh(row), words.limits(row), cell(row.does ?? '')].join(' | ')} |`).join('\n')}
`;
const { rates } = usualLimits;
const { levels, elements, members } = edge.mostOfBody;
const page = () => `# Who may do what

Every address of the house with its policy, written from the code by \`tools/policies.mjs\`; do not edit. \`npm run policies\` prints it, \`-- --role customer\` only what one role may do,
\`-- --json\` for programs. A route without a policy, or with an id in its path of which nobody says what it reaches, stops its service from starting; \`stories/src/lived-through.spec.ts\` walks
every operation as everybody who may not.

**Roles** are read from the token and from nothing else, and so is the platform (tenant). A role that is not named hears 403 \`role-not-allowed\`, whatever else is wrong with the request.
A HEAD is allowed where its GET is. **Fresh**: staff must have signed in within this time, else 401 \`login-too-old\`; platforms and customers do not sign in and are not asked.

**Reach** names what the ids of a path reach. What is not reached is 404 \`not-found\`, the same answer as for what never was.

| reach | |
|---|---|
${Object.entries(edge.reaches)
  .map(([name, meaning]) => `| ${name} | ${meaning} |`)
  .join('\n')}

**Skills**: every category of complaint (\`contracts/taxonomy/categories.json\`) is a skill of that name, carried by the token of an agent. Where \`skilled\` stands, an agent without the skill of the case's
category hears 403 \`agent-lacks-skill\`; \`POST /v1/queues/{id}/takings\` gives an agent only cases of categories he has the skill for (the queue \`triage\` holds those that have no category yet). A supervisor needs
none. Nobody works on a case in which a conflict of his is noted (403 \`agent-has-a-conflict\`).

**Limits**: every request is counted per minute for its platform (${rates.tenant}), client (${rates.client}) and person (${rates.subject}; a platform may be given other numbers), or by its address where nobody
says who calls. A JSON body has at most ${kibibytes(edge.LARGEST_BODY)}, ${levels} levels, ${elements} elements a list and ${members} members an object.

${services
  .map((service) =>
    section(
      service,
      all.filter((row) => row.service === service),
    ),
  )
  .join('\n')}
${section(
  'Every service, on its own port alone',
  all.filter(({ service }) => service === 'every service'),
)}
${section(
  'Front door',
  all.filter(({ service }) => service === 'front-door'),
)}`;

const file = path.join(home, 'docs', 'policies.md');
if (wanted.check) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== page())
    stopWith('docs/policies.md is not what the code says; run `node tools/policies.mjs --write` and read the difference.');
} else if (wanted.write) writeFileSync(file, page());
if (wanted.check || wanted.write) console.log(`${wanted.check ? 'checked' : 'wrote'} docs/policies.md: ${all.length} addresses`);
else if (wanted.json) console.log(JSON.stringify({ rows, reaches: edge.reaches, rates }, undefined, 2));
else process.stdout.write(printed());
process.exit(0);
