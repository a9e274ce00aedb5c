export * from './events/event-store.js';
export * from './events/projection.js';
export * from './mongo/index.js';
export * from './events/cold-half.js';
