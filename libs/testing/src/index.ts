export * from './eventually.js';
export * from './free-port.js';
export * from './given.js';
export * from './nats.js';
export * from './parcel.js';
export * from './test-mongo.js';
export * from './in-memory-cold-half.js';
export * from './origin.js';
