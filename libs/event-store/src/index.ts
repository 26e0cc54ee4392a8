export * from './record.js';
export * from './append.js';
export * from './handling.js';
