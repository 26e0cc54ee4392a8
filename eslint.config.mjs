// The house's doors, kept shut. Each message says why the door is there and what to do instead.
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

const service = '(intake|case-tracking|account-lock|notification|audit|governance|front-door)';

const betweenServices = {
  regex: `^(@recourse/${service}(/|$)|(\\.\\./)+${service}/)`,
  message: 'A service never imports a service: they meet only in contracts/ and hear each other through messages.',
};

/** A file with one dot (closing.ts) only thinks: it can be read, tested and replayed without a world around it. */
const thinking = {
  files: ['services/*/src/**/*.ts', 'contracts/src/**/*.ts'],
  ignores: ['**/*.*.ts', '**/main.ts', '**/index.ts', '**/openapi-metadata.ts', 'services/front-door/**'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: '^(@nestjs/|node:|fastify|pg$|typeorm|kafkajs|rxjs|pino|nodemailer|undici)',
            message:
              'This file only thinks. What touches the world lives in a dotted file beside it: .http, .handler, .inbox, .view, .worker.',
          },
          {
            regex: '\\.(http|handler|inbox|view|module|worker|migration|dto)(\\.js)?$',
            message: 'A thought may not lean on an edge: turn the arrow round.',
          },
          betweenServices,
        ],
      },
    ],
    'no-restricted-globals': [
      'error',
      { name: 'process', message: 'Settings come in as arguments.' },
      { name: 'fetch', message: 'Look it up at the edge and put it into the command.' },
      { name: 'setTimeout', message: 'Waiting is for workers.' },
      { name: 'setInterval', message: 'Waiting is for workers.' },
      { name: 'console', message: 'Thoughts are silent.' },
    ],
    'no-restricted-syntax': [
      'error',
      {
        selector: "NewExpression[callee.name='Date'][arguments.length=0]",
        message: 'Time comes in with the command, from the database clock.',
      },
    ],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: 'Time comes in with the command, from the database clock.' },
      { object: 'Math', property: 'random', message: 'Chance comes in with the command, so that a replay decides the same.' },
      { object: 'crypto', property: 'randomUUID', message: 'Ids come in with the command, so that a replay decides the same.' },
    ],
  },
};

/** The one way out. Whoever calls a stranger with another client forgets one of the checks that libs/egress makes. */
const outward =
  'Calls leave the house through libs/egress alone (OutboundClient): it checks the address, pins the connection and bounds the answer.';
const callingStrangers = {
  files: ['services/*/src/**/*.ts', 'libs/*/src/**/*.ts'],
  // The front door calls the services of this house, keys come from the issuers and wrapping keys stay in the Vault that the operator
  // lists (who may stand within, where no stranger may point us), and tests call whatever they test.
  ignores: [
    'libs/egress/**',
    'services/front-door/**',
    'libs/identity/src/finding-keys.ts',
    'libs/privacy/src/vault-kms.client.ts',
    '**/*.spec.ts',
    '**/testing.ts',
    '**/*.testing.ts',
  ],
  rules: {
    'no-restricted-syntax': [
      'error',
      { selector: "CallExpression[callee.name='fetch']", message: outward },
      { selector: "MemberExpression[object.name='globalThis'][property.name='fetch']", message: outward },
      { selector: 'ImportDeclaration[source.value=/^(undici|axios|got|node-fetch)(\\u002F|$)/]', message: outward },
      { selector: 'ImportExpression[source.value=/^(undici|axios|got|node-fetch)(\\u002F|$)/]', message: outward },
      {
        selector:
          "ImportDeclaration[importKind!='type'][source.value=/^(node:)?https?$/] > ImportSpecifier[importKind!='type'][imported.name=/^(request|get|Agent|ClientRequest)$/]",
        message: outward,
      },
      {
        selector:
          "ImportDeclaration[importKind!='type'][source.value=/^(node:)?https?$/] > :matches(ImportDefaultSpecifier, ImportNamespaceSpecifier)",
        message: outward,
      },
    ],
  },
};

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '**/openapi-metadata.ts', '**/*.generated.ts', '**/*.mjs', '**/*.cjs', 'coverage'] },
  ...tseslint.configs.recommended,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints: [
            { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:contract'] },
            { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib', 'type:contract', 'type:tool'] },
            { sourceTag: 'type:service', onlyDependOnLibsWithTags: ['type:lib', 'type:contract', 'type:tool'] },
            { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:tool', 'type:lib', 'type:contract', 'type:service', 'type:story'] },
            { sourceTag: 'type:story', onlyDependOnLibsWithTags: ['type:contract', 'type:tool'] },
            { sourceTag: 'type:bench', onlyDependOnLibsWithTags: ['type:contract', 'type:tool', 'type:lib', 'type:story'] },
          ],
        },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-empty-object-type': 'off',
      'no-restricted-imports': ['error', { patterns: [betweenServices] }],
    },
  },
  {
    files: ['services/**/*.ts', 'libs/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/testing.ts'],
    rules: { 'no-console': ['error'] },
  },
  {
    files: ['**/*.ts'],
    ignores: ['libs/relay/**', 'faults/**'], // a checker asks Kafka itself, not us
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [{ name: 'kafkajs', message: 'No kafkajs type leaves libs/relay: ask for its Transport.' }] },
      ],
    },
  },
  callingStrangers,
  thinking,
);
