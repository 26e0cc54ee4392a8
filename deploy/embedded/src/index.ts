export * from './failing.js';
export * from './postgres.js';
export * from './provision.js';
