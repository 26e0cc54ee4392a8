import preset from '../../jest.preset.mjs';

/** What needs a Kafka broker is not skipped here, it is not here at all: see jest.kafka.config.mjs. */
export default {
  ...preset,
  displayName: 'relay',
  testPathIgnorePatterns: [...preset.testPathIgnorePatterns, '/kafka\\.(contract|restart|silence)\\.spec\\.ts$'],
};
