import { AppError } from '@trunkline/kernel';
import { callerNetwork } from '@trunkline/platform';
import type { Redis } from 'ioredis';
import { sha256Hex } from '../../app/digest.js';
import { LoginThrottle, type LoginAttempt } from '../../app/ports.js';
import { normaliseEmail } from '../../domain/email-address.js';

export interface LoginLimits {
  readonly perAccount: number;
  readonly perIp: number;
  readonly windowMs: number;
}

/** Counts in both windows or in neither. Answers 0, or the milliseconds to wait. */
const ATTEMPT = `
local waits = 0
for i = 1, #KEYS do
  local used = tonumber(redis.call('GET', KEYS[i]) or '0')
  if used >= tonumber(ARGV[i]) then waits = math.max(waits, redis.call('PTTL', KEYS[i]), 1) end
end
if waits > 0 then return waits end
for i = 1, #KEYS do
  if redis.call('INCR', KEYS[i]) == 1 then redis.call('PEXPIRE', KEYS[i], ARGV[#KEYS + 1]) end
end
return 0
`;
/** The account starts afresh; the address only gets this one attempt back. */
const SUCCEEDED = `
redis.call('DEL', KEYS[1])
if tonumber(redis.call('GET', KEYS[2]) or '0') > 0 then redis.call('DECR', KEYS[2]) end
return 0
`;

export class RedisLoginThrottle extends LoginThrottle {
  readonly #redis: Redis;
  readonly #limits: LoginLimits;
  readonly #prefix: string;

  constructor(redis: Redis, limits: LoginLimits, prefix = 'login') {
    super();
    this.#redis = redis;
    this.#limits = limits;
    this.#prefix = prefix;
  }

  async attempt(attempt: LoginAttempt): Promise<void> {
    const { perAccount, perIp, windowMs } = this.#limits;
    const waitMs = await this.#run(ATTEMPT, attempt, [perAccount, perIp, windowMs]);
    if (waitMs === 0) return;
    const details = { limit: 'login', retryAfterSeconds: Math.ceil(waitMs / 1000) };
    throw new AppError('rate.limited', { retryable: true, details });
  }

  async succeeded(attempt: LoginAttempt): Promise<void> {
    await this.#run(SUCCEEDED, attempt, []);
  }

  async #run(script: string, attempt: LoginAttempt, args: readonly number[]): Promise<number> {
    const account = sha256Hex(normaliseEmail(attempt.email)).slice(0, 32);
    const network = callerNetwork(attempt.ip);
    const keys = [`${this.#prefix}:account:${account}`, `${this.#prefix}:ip:${network}`];
    try {
      return Number(await this.#redis.eval(script, keys.length, ...keys, ...args));
    } catch (error) {
      throw new AppError('store.unavailable', { retryable: true, cause: error });
    }
  }
}
