export * from './caller-world.js';
export * from './platform.js';
export * from './platform-process.js';
export * from './chatter.js';
export * from './evidence-places.js';
export * from './fill-up.js';
