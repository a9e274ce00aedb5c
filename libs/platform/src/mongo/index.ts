export type { CollectionShape } from './ensure-collection.js';
export * from './mongo.js';
export type { PoolState } from './pool-watch.js';
export * from './read-page.js';
export { trusted } from './safe-query.js';
export { guardFaults, isDuplicateKey, translateStoreFault } from './store-faults.js';
export * from './tenant-collection.js';
