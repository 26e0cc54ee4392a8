import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** A page or a source of this repository. */
export const fromTheRoot = (name: string): string => fs.readFileSync(path.join(root, name), 'utf8');

/** Rows of the table under a heading of docs/privacy.md, cell by cell. */
const rowsUnder = (heading: string): readonly (readonly string[])[] => {
  const section = fromTheRoot('docs/privacy.md')
    .split(/^## /m)
    .find((one) => one.startsWith(heading));
  if (!section) throw new Error(`docs/privacy.md has no heading "${heading}"`);
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
};

/** A place where something lies: `log.sealed` in all services, `intake: draft` in one. `forgotten`: as which kind it is counted when a key goes. */
export type Place = { readonly place: string; readonly service: string; readonly forgotten: string | undefined };

/** Every place that the page names. */
export const documentedPlaces = (): readonly Place[] =>
  rowsUnder('Every place').map(([place = '', , , then = '']) => {
    const service = /^([a-z-]+): /.exec(place)?.[1] ?? 'all';
    return { place, service, forgotten: /counted as ([a-z]+)/.exec(then)?.[1] };
  });

/** Every sealed group that the page names. */
export const documentedGroups = (): readonly { readonly group: string; readonly service: string; readonly scope: string }[] =>
  rowsUnder('Sealed groups').map(([group = '', , service = '', key = '']) => ({ group, service, scope: key.split(':')[0]! }));

/** Every sealed group that the services' sources name where they seal, as `service: group`. */
export const groupsInCode = (): readonly string[] => {
  const found = new Set<string>();
  for (const service of fs.readdirSync(path.join(root, 'services'))) {
    const sources = path.join(root, 'services', service, 'src');
    for (const name of fs.readdirSync(sources, { recursive: true }) as string[])
      if (name.endsWith('.ts') && !/\.(spec|testing)\.ts$/.test(name))
        for (const [, group] of fs.readFileSync(path.join(sources, name), 'utf8').matchAll(/\bgroup: '([a-z-]+)'/g))
          found.add(`${service}: ${group}`);
  }
  return [...found].sort();
};
