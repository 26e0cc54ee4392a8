export * from './ids.js';
export * from './money.js';
export * from './platforms.js';
export * from './platforms.loading.js';
export * from './reference.js';
export * from './histories/index.js';
