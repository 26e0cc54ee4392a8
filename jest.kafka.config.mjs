process.env.RECOURSE_TIER = 'kafka';

/** The transport contract and the stories over a real Kafka from jars. */
export default {
  projects: ['<rootDir>/libs/relay/jest.kafka.config.mjs', '<rootDir>/stories/jest.tiers.config.mjs'],
  maxWorkers: 1,
  testTimeout: 180_000,
};
