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
  workerIdleMemoryLimit: '600MB',
};
