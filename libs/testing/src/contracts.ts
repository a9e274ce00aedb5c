/** The suites every adapter of a port must pass; only for specs, they need Jest. */
export * from './event-store.contract.js';
export * from './object-store.contract.js';
