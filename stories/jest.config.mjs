import preset from '../jest.preset.mjs';

/** The node tier; the others run the same *.story.spec.ts on another stage. */
export default {
  ...preset,
  displayName: 'stories',
  testTimeout: 180_000,
  globalSetup: '<rootDir>/stage.setup.mjs',
  globalTeardown: '<rootDir>/stage.teardown.mjs',
};
