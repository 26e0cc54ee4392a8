process.env.RECOURSE_TIER = 'containers';

/** The same stories and the same bad input, against docker-compose through the front door. */
export default { projects: ['<rootDir>/stories/jest.tiers.config.mjs'], maxWorkers: 1, testTimeout: 180_000 };
