export * from './testing/carrying.js';
export * from './testing/tallying.js';
export * from './testing/transport-contract.js';
