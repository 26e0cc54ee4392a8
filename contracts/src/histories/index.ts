export * from './past.js';
export * from './correspondence.js';
export * from './feed.js';
export * from './notice.js';
export * from './preferences.js';
export * from './recipient.js';
export * from './webhook-endpoint.js';
