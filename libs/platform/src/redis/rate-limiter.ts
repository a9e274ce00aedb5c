import { AppError } from '@trunkline/kernel';
import type { Redis } from 'ioredis';
import { LuaScript } from './lua-script.js';

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

export interface RateDemand {
  readonly limit: RateLimit;
  /** Must not be personal in the clear: hash an e-mail before it becomes a key. */
  readonly subject: string;
  readonly cost?: number;
}

/**
 * GCRA with one time per subject: the theoretical arrival time of the next request. Redis'
 * own clock decides, so that all replicas agree. Of several limits the first that refuses
 * decides and none is charged. Returns { its number or 0, remaining of the last, waitMs }.
 */
const gcra = new LuaScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local arrivals, remaining = {}, 0
for i, key in ipairs(KEYS) do
  local spacing, burst = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  local arrival = math.max(tonumber(redis.call('GET', key) or '0'), now)
  arrivals[i] = arrival + spacing * tonumber(ARGV[3 * i])
  local wait = arrivals[i] - spacing * burst - now
  if wait > 0 then return { i, 0, math.ceil(wait) } end
  remaining = math.floor(-wait / spacing + 0.000001)
end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.3f', arrivals[i]), 'PX', math.ceil(arrivals[i] - now) + 1)
end
return { 0, remaining, 0 }
`);
const AWAY_RETRY_MS = 5000;

export class RateLimiter {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix = 'rate') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async take(limit: RateLimit, subject: string, cost = 1): Promise<RateDecision> {
    const { decision } = await this.#takeAll([{ limit, subject, cost }]);
    return decision;
  }

  /**
   * All of them in one round trip, or none. Rejects with `rate.limited`, or with
   * `store.unavailable` when a closed limit can't be kept.
   */
  async demand(...demands: readonly RateDemand[]): Promise<void> {
    if (demands.length === 0) return;
    const { decision, limit } = await this.#takeAll(demands);
    if (decision.allowed) return;
    const details = {
      limit: limit.name,
      retryAfterSeconds: Math.max(1, Math.ceil(decision.retryAfterMs / 1000)),
    };
    const code = decision.away ? 'store.unavailable' : 'rate.limited';
    throw new AppError(code, { retryable: true, details });
  }

  async #takeAll(
    demands: readonly RateDemand[],
  ): Promise<{ readonly decision: RateDecision; readonly limit: RateLimit }> {
    const keys = demands.map(({ limit, subject }) => `${this.#prefix}:${limit.name}:${subject}`);
    const args = demands.flatMap(({ limit, cost }) => [
      limit.periodMs / limit.count,
      limit.burst,
      cost ?? 1,
    ]);
    const [first] = demands as readonly [RateDemand];
    try {
      const answer = await gcra.run(this.#redis, keys, args);
      const [refusing, remaining, retryAfterMs] = answer as [number, number, number];
      const limit = demands[refusing - 1]?.limit;
      if (!limit) return { decision: { allowed: true, remaining }, limit: first.limit };
      return { decision: { allowed: false, retryAfterMs, away: false }, limit };
    } catch {
      const closed = demands.find(({ limit }) => limit.whenAway === 'closed') ?? first;
      return { decision: decideAway(closed.limit), limit: closed.limit };
    }
  }
}

function decideAway(limit: RateLimit): RateDecision {
  if (limit.whenAway === 'open') return { allowed: true, remaining: 0 };
  return { allowed: false, retryAfterMs: AWAY_RETRY_MS, away: true };
}
