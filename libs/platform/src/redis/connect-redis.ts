import { AppError } from '@trunkline/kernel';
import { Redis } from 'ioredis';

export interface RedisOptions {
  readonly commandLimitMs?: number;
  /** How long the first connection may take before we go on without it. */
  readonly connectLimitMs?: number;
}

const MAX_RECONNECT_DELAY_MS = 2000;

/**
 * Connects and keeps reconnecting. Commands never queue up while Redis is away: they fail at
 * once, so that a limiter can decide and no request waits for a cache. Resolves without a
 * connection too, because everything kept here can be done without.
 */
export async function connectRedis(url: string, options: RedisOptions = {}): Promise<Redis> {
  const redis = new Redis(url, {
    commandTimeout: options.commandLimitMs ?? 500,
    connectTimeout: 2000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(MAX_RECONNECT_DELAY_MS, attempt * 50),
  });
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, options.connectLimitMs ?? 2000);
    redis.once('ready', resolve);
    // The client reports every failed attempt here; the commands report it to whoever asks.
    redis.on('error', () => resolve());
    redis.once('ready', () => clearTimeout(timer));
  });
  return redis;
}

export async function pingRedis(redis: Redis): Promise<void> {
  try {
    await redis.ping();
  } catch (cause) {
    throw new AppError('store.unavailable', { retryable: true, cause });
  }
}
