// npm run token -- agent: prints an access token of a demonstration identity, and nothing else, for use in $(…).
import { parseArgs } from 'node:util';

const roles = ['platform', 'customer', 'agent', 'supervisor', 'auditor', 'operator', 'privacy-officer'];

const help = `Prints an access token of a demonstration identity.

  npm run --silent token -- <role> [--tenant quanpay] [--as chen-jing] [--customer ID] [--signed]

  <role>        ${roles.slice(0, 4).join(', ')},
                ${roles.slice(4).join(', ')}
  --tenant      quanpay (default), tidepay, harbour, or a platform that was created later (POST /v1/tenants)
  --as          a certain person of the role: of the agents chen-jing or liu-wei (quanpay), grace-osei or
                tom-becker (tidepay), amara-cole or ned-frost (harbour); of a later platform lumen/agent/1 to lumen/agent/9
  --customer    for the role customer: the platform's own id of the customer
  --signed      platform and customer: the platform proves itself by a signature (private_key_jwt, RFC 7523)
                instead of its secret; it calls as <tenant>-platform-signing
  --url         where Recourse is (default RECOURSE_URL, else http://127.0.0.1:4000, moved by RECOURSE_PORT)
  --help        this page

How each is got, as your own clients would: a platform by client credentials, a customer by a token that its platform
exchanges for one subject (RFC 8693), staff by code and PKCE, with the time and the strength of the login (auth_time, acr)
in the token. It is good for ten minutes; for what wants a fresh login (npm run policies shows where), get a new one.
For example:

  curl -H "authorization: Bearer $(npm run --silent token -- agent)" http://127.0.0.1:4000/v1/cases
`;

const fail = (sentence) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

const asked = () => {
  try {
    const text = { type: 'string' };
    return parseArgs({
      allowPositionals: true,
      options: { tenant: text, as: text, customer: text, url: text, signed: { type: 'boolean' }, help: { type: 'boolean' } },
    });
  } catch (error) {
    return fail(`${error.message.split('.')[0]}. See: npm run token -- --help`);
  }
};

const { values, positionals } = asked();
if (values.help || (positionals.length === 0 && !values.customer)) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 1);
}

const role = positionals[0] ?? 'customer';
if (!roles.includes(role)) fail(`There is no role ${role}; the roles are ${roles.join(', ')}.`);
if (values.signed && role !== 'platform' && role !== 'customer')
  fail('Only a platform signs for itself: --signed goes with platform and customer.');
if (role === 'customer' && !values.customer) fail('A customer token needs the id of the customer: --customer ID.');

const { RECOURSE_PORT = '4000', RECOURSE_URL = `http://127.0.0.1:${RECOURSE_PORT}` } = process.env;
const url = (values.url ?? RECOURSE_URL).replace(/\/$/, '');

const { askForTokens } = await import('../deploy/issuer/dist/asking.js').catch(() =>
  fail('Nothing is built yet. Build and start Recourse with: npm start'),
);
try {
  const { tenant = 'quanpay', as, customer, signed } = values;
  const { access_token } = await askForTokens({ issuer: `${url}/issuer`, role, tenant, as, customer, signed });
  process.stdout.write(`${access_token}\n`);
} catch (error) {
  if (error.code && typeof error.code === 'string')
    fail(`The issuer gives no such token: ${error.message}${/[.!?]$/.test(error.message) ? '' : '.'}`);
  fail(`Nothing answers at ${url}. Start Recourse with: npm start`);
}
