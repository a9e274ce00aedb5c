import { AppError } from '@trunkline/kernel';
import type { Redis } from 'ioredis';

/** `count` requests per `periodMs`, of which `burst` may come at once. */
export interface RateLimit {
  readonly name: string;
  readonly count: number;
  readonly periodMs: number;
  readonly burst: number;
  /** Without Redis: `open` lets everybody pass, `closed` nobody (logins). */
  readonly whenAway: 'open' | 'closed';
}

export type RateDecision =
  | { readonly allowed: true; readonly remaining: number }
  | { readonly allowed: false; readonly retryAfterMs: number; readonly away: boolean };

/**
 * GCRA with one time per subject: the theoretical arrival time of the next request. Redis'
 * own clock decides, so that all replicas agree. Returns { allowed, remaining, waitMs }.
 */
const GCRA = `
local spacing, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local arrival = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local nextArrival = arrival + spacing * cost
local wait = nextArrival - spacing * burst - now
if wait > 0 then return { 0, 0, math.ceil(wait) } end
redis.call('SET', KEYS[1], string.format('%.3f', nextArrival), 'PX', math.ceil(nextArrival - now) + 1)
return { 1, math.floor(-wait / spacing + 0.000001), 0 }
`;
const AWAY_RETRY_MS = 5000;

export class RateLimiter {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix = 'rate') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** `subject` must not be personal in the clear: hash an e-mail before it becomes a key. */
  async take(limit: RateLimit, subject: string, cost = 1): Promise<RateDecision> {
    const key = `${this.#prefix}:${limit.name}:${subject}`;
    const spacingMs = limit.periodMs / limit.count;
    try {
      const answer = await this.#redis.eval(GCRA, 1, key, spacingMs, limit.burst, cost);
      const [allowed, remaining, retryAfterMs] = answer as [number, number, number];
      if (allowed === 1) return { allowed: true, remaining };
      return { allowed: false, retryAfterMs, away: false };
    } catch {
      return decideAway(limit);
    }
  }

  /** Rejects with `rate.limited`, or with `store.unavailable` when a closed limit can't be kept. */
  async demand(limit: RateLimit, subject: string, cost = 1): Promise<void> {
    const decision = await this.take(limit, subject, cost);
    if (decision.allowed) return;
    const details = {
      limit: limit.name,
      retryAfterSeconds: Math.max(1, Math.ceil(decision.retryAfterMs / 1000)),
    };
    const code = decision.away ? 'store.unavailable' : 'rate.limited';
    throw new AppError(code, { retryable: true, details });
  }
}

function decideAway(limit: RateLimit): RateDecision {
  if (limit.whenAway === 'open') return { allowed: true, remaining: 0 };
  return { allowed: false, retryAfterMs: AWAY_RETRY_MS, away: true };
}
