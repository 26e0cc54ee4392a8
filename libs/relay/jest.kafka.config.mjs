import preset from '../../jest.preset.mjs';

/** The same contract on a real broker: RECOURSE_TEST_KAFKA=127.0.0.1:9092 (npm run kafka). */
if (!process.env.RECOURSE_TEST_KAFKA)
  throw new Error('RECOURSE_TEST_KAFKA names no broker: start one with npm run kafka and set it to 127.0.0.1:9092.');

export default {
  ...preset,
  displayName: 'relay on Kafka',
  testMatch: ['**/kafka.contract.spec.ts', '**/kafka.restart.spec.ts', '**/kafka.silence.spec.ts'],
  testTimeout: 120_000,
};
