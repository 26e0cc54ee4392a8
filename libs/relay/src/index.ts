export * from './transport.js';
export * from './message.js';
