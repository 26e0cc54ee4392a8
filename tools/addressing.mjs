// Where the house of npm start has its data and its databases, for tools that speak with them.
import fs from 'node:fs';
import path from 'node:path';
import { home as root, stopWith } from './preparing.mjs';

const { DATABASE_URL, RECOURSE_PORT = '4000', RECOURSE_HOME } = process.env;

/** Where its files are. */
export const dataFolder = path.resolve(RECOURSE_HOME ?? path.join(root, '.recourse'));

/** Something built, by its path from the root; before the first start one sentence says what to do. */
export const built = (file) =>
  import(path.join(root, file)).catch(() => stopWith('Nothing is built yet. Build and start Recourse with: npm start'));

/** The address of a database as a service's log role, derived as npm start derives it: that of the service itself unless another is named. */
export const addressOf = async (service, database = service) => {
  const { passwordsFrom } = await built('deploy/embedded/dist/index.js');
  const { portsFrom } = await built('deploy/embedded/dist/claiming.js');
  const file = path.join(dataFolder, 'database.secret');
  if (!fs.existsSync(file))
    stopWith(`Recourse has never run in ${dataFolder}. Start it with npm start, or say where its data is with RECOURSE_HOME.`);
  const role = `${service.replaceAll('-', '_')}_log`;
  const url = new URL(DATABASE_URL ?? `postgres://127.0.0.1:${portsFrom(Number(RECOURSE_PORT)).postgres}`);
  const password = passwordsFrom(fs.readFileSync(file, 'utf8').trim())(role);
  return Object.assign(url, { username: role, password, pathname: `/recourse_${database.replaceAll('-', '_')}` }).href;
};

/** For whoever finds nobody there. */
export const nobodyAnswers =
  'No database answers there. Start Recourse with npm start; if it was moved, say where with RECOURSE_PORT, RECOURSE_HOME or DATABASE_URL.';
