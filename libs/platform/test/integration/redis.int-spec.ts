import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, IdempotencyCache, pingRedis, RateLimiter } from '@trunkline/platform';
import type { RateLimit } from '@trunkline/platform';
import { eventually } from '@trunkline/testing';
import type { Redis } from 'ioredis';

const url = process.env['REDIS_URL'] ?? '';
const prefix = `test:${randomUUID()}`;
let redis: Redis;
let away: Redis;

beforeAll(async () => {
  redis = await connectRedis(url);
  away = await connectRedis('redis://127.0.0.1:1');
});

afterAll(async () => {
  const keys = await redis.keys(`${prefix}*`);
  if (keys.length > 0) await redis.del(...keys);
  redis.disconnect();
  away.disconnect();
});

/** So slow that nothing comes back while the test runs. */
const hourly: RateLimit = { name: 'h', count: 5, periodMs: 3_600_000, burst: 5, whenAway: 'open' };

describe('RateLimiter', () => {
  const limiter = () => new RateLimiter(redis, prefix);

  it('lets a burst pass and then says when the next may come', async () => {
    const taken = [];
    for (let n = 0; n < 6; n += 1) taken.push(await limiter().take(hourly, 'burst'));
    const remaining = taken.map((decision) => (decision.allowed ? decision.remaining : -1));
    expect(remaining).toEqual([4, 3, 2, 1, 0, -1]);
    const last = taken.at(-1);
    const retryAfterMs = last?.allowed === false ? last.retryAfterMs : 0;
    expect(retryAfterMs).toBeGreaterThan(600_000);
    expect(retryAfterMs).toBeLessThanOrEqual(720_000);
  });

  it('lets exactly the burst of 50 racers pass', async () => {
    const racers = Array.from({ length: 50 }, () => limiter().take(hourly, 'race'));
    const passed = (await Promise.all(racers)).filter(({ allowed }) => allowed);
    expect(passed).toHaveLength(5);
  });

  it('keeps subjects and limits apart', async () => {
    await limiter().take(hourly, 'one', 5);
    expect((await limiter().take(hourly, 'one')).allowed).toBe(false);
    expect((await limiter().take(hourly, 'two')).allowed).toBe(true);
    expect((await limiter().take({ ...hourly, name: 'other' }, 'one')).allowed).toBe(true);
  });

  it('gives back with time', async () => {
    const quick = { ...hourly, name: 'quick', periodMs: 250, count: 5, burst: 1 };
    expect((await limiter().take(quick, 's')).allowed).toBe(true);
    await eventually(async () => expect((await limiter().take(quick, 's')).allowed).toBe(true));
  });

  it('refuses with the seconds to wait', async () => {
    await limiter().demand({ limit: hourly, subject: 'demand', cost: 5 });
    await expect(limiter().demand({ limit: hourly, subject: 'demand' })).rejects.toMatchObject({
      code: 'rate.limited',
      details: { limit: 'h', retryAfterSeconds: 720 },
    });
  });

  it('charges none of several limits when one of them refuses', async () => {
    const wide = { limit: { ...hourly, name: 'wide' }, subject: 'several' };
    const narrow = { limit: { ...hourly, name: 'narrow', burst: 1 }, subject: 'several' };
    await limiter().demand(wide, narrow);
    await expect(limiter().demand(wide, narrow)).rejects.toMatchObject({
      code: 'rate.limited',
      details: { limit: 'narrow' },
    });
    expect(await limiter().take(wide.limit, 'several')).toMatchObject({ remaining: 3 });
  });

  it('goes on when Redis has forgotten its scripts', async () => {
    await limiter().take(hourly, 'forgotten');
    await redis.script('FLUSH');
    expect(await limiter().take(hourly, 'forgotten')).toMatchObject({ remaining: 3 });
  });

  it('a closed limit beside an open one decides while Redis is away', async () => {
    const closed: RateLimit = { ...hourly, name: 'closed', whenAway: 'closed' };
    const demands = [hourly, closed].map((limit) => ({ limit, subject: 'x' }));
    await expect(new RateLimiter(away, prefix).demand(...demands)).rejects.toMatchObject({
      code: 'store.unavailable',
      details: { limit: 'closed' },
    });
  });

  it('without Redis: open for normal limits, closed for logins', async () => {
    const limiter = new RateLimiter(away, prefix);
    await expect(limiter.demand({ limit: hourly, subject: 'x' })).resolves.toBeUndefined();
    const login: RateLimit = { ...hourly, name: 'login', whenAway: 'closed' };
    await expect(limiter.demand({ limit: login, subject: 'x' })).rejects.toMatchObject({
      code: 'store.unavailable',
      retryable: true,
    });
  });
});

describe('IdempotencyCache', () => {
  const cache = () => new IdempotencyCache(redis, prefix);
  const request = () => ({ id: randomUUID(), fingerprint: 'f1' });
  const answer = { status: 201, body: { id: 'a', list: [] }, headers: { etag: '"1"' } };

  it('gives the kept answer to the same request and none to another', async () => {
    const mine = request();
    const begun = await cache().begin(mine);
    expect(begun.state).toBe('claimed');
    expect(await cache().begin(mine)).toEqual({ state: 'in-progress' });
    await cache().finish(mine, begun.state === 'claimed' ? begun.claim : '', answer);
    expect(await cache().begin(mine)).toEqual({ state: 'done', answer });
    expect(await cache().begin({ ...mine, fingerprint: 'f2' })).toEqual({ state: 'mismatch' });
    expect(await redis.pttl(`${prefix}:${mine.id}`)).toBeGreaterThan(23 * 3_600_000);
  });

  it('lets one of 20 at once run', async () => {
    const mine = request();
    const begun = await Promise.all(Array.from({ length: 20 }, () => cache().begin(mine)));
    expect(begun.filter(({ state }) => state === 'claimed')).toHaveLength(1);
  });

  it('keeps no personal answer, only that it was asked', async () => {
    const mine = request();
    const begun = await cache().begin(mine);
    await cache().finish(mine, begun.state === 'claimed' ? begun.claim : '', undefined);
    expect(await redis.get(`${prefix}:${mine.id}`)).toBe('{"f":"f1"}');
    expect((await cache().begin({ ...mine, fingerprint: 'f2' })).state).toBe('mismatch');
    expect((await cache().begin(mine)).state).toBe('claimed');
  });

  it('lets the next one try after a failure, but only its owner may say so', async () => {
    const mine = request();
    const begun = await cache().begin(mine);
    await cache().abandon(mine, 'somebody-else');
    expect(await cache().begin(mine)).toEqual({ state: 'in-progress' });
    await cache().abandon(mine, begun.state === 'claimed' ? begun.claim : '');
    expect((await cache().begin(mine)).state).toBe('claimed');
  });

  it('lets the claim of a crashed runner lapse', async () => {
    const mine = request();
    await cache().begin(mine);
    expect(await redis.pttl(`${prefix}:${mine.id}`)).toBeLessThanOrEqual(6000);
  });

  it('does not know anything without Redis', async () => {
    const cache = new IdempotencyCache(away, prefix);
    expect(await cache.begin(request())).toEqual({ state: 'unknown' });
    await expect(cache.abandon(request(), 'x')).resolves.toBeUndefined();
  });
});

describe('connectRedis', () => {
  it('fails commands at once while Redis is away', async () => {
    await expect(pingRedis(away)).rejects.toMatchObject({ code: 'store.unavailable' });
    await expect(pingRedis(redis)).resolves.toBeUndefined();
  });
});
