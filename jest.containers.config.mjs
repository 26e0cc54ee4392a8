process.env.RECOURSE_TIER = 'containers';
// The webhook receiver of a story stands on this machine, outside the containers.
process.env.RECOURSE_STORY_HOST ??= 'host.docker.internal';

/** The same stories and the same bad input, against docker-compose through the front door. */
export default { projects: ['<rootDir>/stories/jest.tiers.config.mjs'], maxWorkers: 1, testTimeout: 180_000 };
