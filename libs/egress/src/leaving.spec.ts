import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

type Complaint = { readonly ruleId: string | null; readonly line: number; readonly message: string };

/** What lint says of a text, as if it stood in this file. */
const complaints = (file: string, text: string): readonly Complaint[] => {
  const lint = spawnSync(process.execPath, ['node_modules/eslint/bin/eslint.js', '--stdin', '--stdin-filename', file, '-f', 'json'], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
  // Plug-ins say what they think before the answer.
  const [{ messages }] = JSON.parse(lint.stdout.slice(lint.stdout.indexOf('[{'))) as [{ messages: readonly Complaint[] }];
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
