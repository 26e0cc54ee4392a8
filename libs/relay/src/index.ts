export * from './transport.js';
export * from './message.js';
export * from './topics.js';
export * from './kafka.transport.js';
export * from './postgres.transport.js';
