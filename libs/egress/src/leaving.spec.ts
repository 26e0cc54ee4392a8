import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

type Complaint = { readonly ruleId: string | null; readonly line: number; readonly message: string };

/** The rules of this repository that look at what is written, without those that ask the compiler what it means. */
const program = `
  import { ESLint } from 'eslint';
  const untyped = { languageOptions: { parserOptions: { projectService: false } } };
  const lint = new ESLint({ overrideConfig: untyped, ruleFilter: ({ ruleId }) => /no-restricted-/.test(ruleId) });
  const { filePath, text } = JSON.parse(process.argv[1]);
  const [{ messages }] = await lint.lintText(text, { filePath });
  process.stdout.write('\\n' + JSON.stringify(messages));
`;

/** What lint says of a text, as if it stood in this file. */
const complaints = (filePath: string, text: string): readonly Complaint[] => {
  const lint = spawnSync(process.execPath, ['--input-type=module', '-e', program, JSON.stringify({ filePath, text })], {
    cwd: root,
    encoding: 'utf8',
  });
  // Plug-ins say what they think before the answer.
  const messages = JSON.parse(lint.stdout.trim().split('\n').at(-1)!) as readonly Complaint[];
  return messages.filter(({ message }) => message.includes('libs/egress'));
};

const ways = [
  `import { request } from 'undici';`,
  `import https from 'node:https';`,
  `import * as http from 'http';`,
  `import { request as ask, type IncomingMessage } from 'node:http';`,
  `export const one = () => fetch('https://elsewhere.example');`,
  `export const two = () => globalThis.fetch('https://elsewhere.example');`,
  `export const three = () => import('undici');`,
];
const harmless = [
  `import { STATUS_CODES, createServer } from 'node:http';`,
  `import type { Agent } from 'node:https';`,
  `export const all = { STATUS_CODES, createServer } as unknown as Agent;`,
];

describe('Whoever calls a stranger past libs/egress', () => {
  it('is stopped by lint, whichever client it is', () => {
    const said = complaints('services/intake/src/evidence/downloading.http.ts', [...ways, ...harmless].join('\n'));
    expect(said.map(({ line }) => line)).toEqual(ways.map((_, at) => at + 1));
  }, 120_000);
  it(
    'is not meant when it is the client itself',
    () => expect(complaints('libs/egress/src/outbound.client.ts', ways.join('\n'))).toEqual([]),
    120_000,
  );
});
