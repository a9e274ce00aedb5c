export * from './connect-redis.js';
export * from './idempotency-cache.js';
export * from './rate-limiter.js';
