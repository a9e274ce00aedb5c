export * from './events/event-store.js';
export * from './events/projection.js';
export * from './mongo/index.js';
export * from './events/cold-half.js';
export * from './crypto/index.js';
export * from './ids.js';
export * from './object-store/index.js';
export * from './redis/index.js';
