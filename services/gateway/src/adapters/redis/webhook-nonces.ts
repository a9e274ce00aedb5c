import { AppError } from '@trunkline/kernel';
import type { Redis } from 'ioredis';
import { sha256Hex } from '../../app/digest.js';
import { WebhookNonces } from '../../app/webhooks/ports.js';

export class RedisWebhookNonces extends WebhookNonces {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix = 'webhook-nonce') {
    super();
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async seen(key: string, keepMs: number): Promise<boolean> {
    try {
      const set = await this.#redis.set(this.#keyOf(key), '1', 'PX', keepMs, 'NX');
      return set === null;
    } catch (cause) {
      throw new AppError('store.unavailable', { retryable: true, cause });
    }
  }

  async giveBack(key: string): Promise<void> {
    await this.#redis.del(this.#keyOf(key));
  }

  #keyOf(key: string): string {
    return `${this.#prefix}:${sha256Hex(key)}`;
  }
}
