import config from './jest.config.mjs';

/** What runs on every stage: the stories and the bad input. */
export default {
  ...config,
  displayName: `stories on ${process.env.RECOURSE_TIER}`,
  rootDir: import.meta.dirname,
  testRegex: ['\\.story\\.spec\\.ts$'],
};
