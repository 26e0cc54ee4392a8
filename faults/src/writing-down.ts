import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { faultKinds } from './checking/finding.js';
import { shown, type Result } from './running.js';

export type Written = { readonly name: string; readonly result: Result; readonly seconds: number; readonly foundOut?: boolean };

const page = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));
const [opening, closing] = ['<!-- figures -->', '<!-- end of figures -->'];

/** Puts the figures of the last `all` between the markers of docs/faults.md. */
export const writeDown = (runs: readonly Written[], seed: number, long: boolean): void => {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(opening), text.indexOf(closing)];
  if (from < 0 || to < from) throw new Error('docs/faults.md has no markers to write between.');
  const table = [
    `The ${long ? 'long' : 'short'} form, seed ${seed}, Node ${process.versions.node}, ${cpus().length} cores; absolute times say more about the machine than about us.`,
    '',
    '| run | did | ok / failed / unknown | lost, doubled, gaps, inverted, broken, unasked | figures | s |',
    '|---|---|---|---|---|---|',
    ...runs.map(rowOf),
  ];
  writeFileSync(page, `${text.slice(0, from + opening.length)}\n${table.join('\n')}\n${text.slice(to)}`);
};

const rowOf = ({ name, result: { did, verdict, figures }, seconds, foundOut }: Written): string => {
  const { ok, failed, unknown, findings } = verdict;
  const said = Object.entries(figures).map(([figure, value]) => `${figure} ${shown(value)}`);
  return `| ${[
    name,
    did,
    [ok, failed, unknown].map(shown).join(' / '),
    faultKinds.map((kind) => shown(findings.counts[kind])).join(', ') + (foundOut ? ' (found out)' : ''),
    said.join('; '),
    seconds,
  ].join(' | ')} |`;
};
