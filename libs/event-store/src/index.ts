export * from './record.js';
export * from './append.js';
export * from './handling.js';
export { canonical, NotCanonical } from './canonicalising.js';
export { largestRecord, leafOf, noLeaf, RecordTooLarge, stamp, type Circumstances, type Place, type Stamped } from './stamping.js';
export { StoreBusy, usualLimits, type Limits } from './batching.js';
export { AppendRefused, StoreUnreachable } from './writing.js';
export { migrate, secureView, type Migrating } from './migrating.js';
export { PostgresEventStore, type StoreOptions } from './postgres-event-store.js';
