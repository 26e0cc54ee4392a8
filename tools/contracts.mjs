// npm run contracts [-- --check]: regenerates (or compares) everything that is generated from code and schemas.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(`npm run contracts             writes contracts/openapi, contracts/asyncapi, docs/problems.md and docs/policies.md anew
npm run contracts -- --check  only compares, and lints the OpenAPI documents: fails on drift`);
  process.exit(0);
}
const check = args.includes('--check');
const steps = [
  ['tools/openapi.mjs', ...(check ? ['--check'] : [])],
  ['tools/problems.mjs', ...(check ? ['--check'] : [])],
  ['tools/policies.mjs', check ? '--check' : '--write'],
  ['tools/asyncapi.mjs', ...(check ? ['--check'] : [])],
  ['tools/glossary.mjs'],
  ['tools/stored.mjs'],
  ['tools/personal.mjs'],
  ['tools/citing.mjs'],
  ...(check
    ? [
        [
          'node_modules/@redocly/cli/bin/cli.js',
          'lint',
          '--config',
          'redocly.yaml',
          ...['intake', 'case-tracking', 'account-lock', 'notification', 'audit', 'governance', 'recourse'].map(
            (name) => `contracts/openapi/${name}.json`,
          ),
        ],
      ]
    : []),
];
let failed = 0;
for (const [script, ...rest] of steps) {
  if (!existsSync(script)) {
    console.error(`${script} is missing: run npm ci`);
    failed++;
    continue;
  }
  const { status } = spawnSync(process.execPath, [script, ...rest], {
    stdio: 'inherit',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', NODE_NO_WARNINGS: '1' },
  });
  if (status !== 0) failed++;
}
process.exit(failed ? 1 : 0);
