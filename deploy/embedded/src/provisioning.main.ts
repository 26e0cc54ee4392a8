/**
 * Prepares a PostgreSQL server of your own:
 *   DATABASE_URL=postgres://admin:…@host/postgres RECOURSE_DATABASE_SECRET=… node deploy/embedded/dist/provisioning.main.js
 * Prints the addresses for the services as JSON. The secret must stay the same: the passwords of all roles follow from it.
 */
import { passwordsFrom, provision } from './provision.js';

const { DATABASE_URL: adminUrl, RECOURSE_DATABASE_SECRET: secret } = process.env;
if (!adminUrl || !secret) {
  process.stderr.write('Set DATABASE_URL (an administrator of the server) and RECOURSE_DATABASE_SECRET (any long random text).\n');
  process.exitCode = 2;
} else {
  process.stdout.write(`${JSON.stringify(await provision(adminUrl, { passwords: passwordsFrom(secret) }), null, 2)}\n`);
}
