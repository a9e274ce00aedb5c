export * from './call-story.js';
export * from './check.js';
export * from './evidence.js';
export * from './gather.js';
export * from './judge.js';
