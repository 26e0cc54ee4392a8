// Checks that every shape that was ever stored (contracts/stored) is led by the service's upcasters to the one that is stored today.
// Needs a build (npm run build) and no database.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const home = fileURLToPath(new URL('..', import.meta.url));
const { DESCRIBING, houseOf } = await import('@recourse/edge/documents');
const { Upcasting } = await import('@recourse/event-store');

const upcastersOf = async (service) => {
  let module;
  globalThis[DESCRIBING] = async (given) => void (module = given);
  await import(pathToFileURL(path.join(home, 'services', service, 'dist', 'main.js')).href);
  return houseOf(module)?.upcasters ?? [];
};

const wrong = [];
let shapes = 0;
for (const service of readdirSync(path.join(home, 'contracts', 'stored')).sort()) {
  const folder = path.join(home, 'contracts', 'stored', service);
  const upcasters = await upcastersOf(service);
  const upcasting = new Upcasting(upcasters); // throws for gaps and circles
  for (const file of readdirSync(folder).sort()) {
    const { type, sv, examples } = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
    shapes++;
    if (file !== `${type}.v${sv}.json`) wrong.push(`${service}/${file} is of ${type}.v${sv}`);
    for (const data of examples) {
      const today = upcasting.upcast({ type, sv, data });
      if (today.sv !== upcasting.versionOf(today.type))
        wrong.push(`${service}/${file} ends at ${today.type}.v${today.sv}, which is stored no more`);
    }
  }
  for (const { from } of upcasters)
    if (!existsSync(path.join(folder, `${from.type}.v${from.sv}.json`)))
      wrong.push(`${service} has an upcaster from ${from.type}.v${from.sv}, of which contracts/stored has no example`);
}
for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exit(1);
console.log(`checked ${shapes} stored shapes`);
