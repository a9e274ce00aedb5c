export * from './events/event-store.js';
export * from './events/projection.js';
