/** Everything that needs only Node: thoughts, libraries and services against the embedded PostgreSQL, and the stories over the embedded bus. */
const projects = [
  'contracts',
  'libs/decider',
  'libs/event-store',
  'libs/privacy',
  'libs/relay',
  'libs/identity',
  'libs/edge',
  'libs/egress',
  'services/intake',
  'services/case-tracking',
  'services/account-lock',
  'services/notification',
  'services/audit',
  'services/governance',
  'services/front-door',
  'deploy/embedded',
  'deploy/issuer',
  'stories',
  'bench',
  'faults',
];

export default {
  projects: projects.map((name) => `<rootDir>/${name}`),
  maxWorkers: 2,
  testTimeout: 180_000,
  testSequencer: '<rootDir>/jest.sequencer.mjs',
  // Each worker has a PostgreSQL of its own: a worker that is ended for what it remembers costs a new one.
  workerIdleMemoryLimit: 0.1,
};
