import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { LuaScript } from './lua-script.js';

/** What a finished request answered, as far as it may be kept. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export type IdempotencyState =
  /** Ours to run; `claim` ends it. */
  | { readonly state: 'claimed'; readonly claim: string }
  | { readonly state: 'in-progress' }
  /** The key was used for another request. */
  | { readonly state: 'mismatch' }
  | { readonly state: 'done'; readonly answer: KeptAnswer }
  /** Redis is away: run it, ids derived from the key keep it from happening twice. */
  | { readonly state: 'unknown' };

export interface IdempotentRequest {
  readonly id: string;
  readonly fingerprint: string;
}

const KEPT_MS = 24 * 3600 * 1000;
/** A crashed runner's claim lapses soon: repeating it is safe, waiting for it is not useful. */
const CLAIM_MS = 6000;

/**
 * One value per request: `{ f: fingerprint, c: claim }` while it runs, `{ f, a? }` after.
 * A finished request without a kept answer is claimed again and meets its own event.
 */
const begin = new LuaScript(`
local known = redis.call('GET', KEYS[1])
if known then
  local entry = cjson.decode(known)
  if entry.f ~= ARGV[1] then return { 'mismatch' } end
  if entry.c then return { 'in-progress' } end
  if entry.a then return { 'done', entry.a } end
end
redis.call('SET', KEYS[1], cjson.encode({ f = ARGV[1], c = ARGV[2] }), 'PX', ARGV[3])
return { 'claimed' }
`);
const end = new LuaScript(`
local known = redis.call('GET', KEYS[1])
if not known then return 0 end
local entry = cjson.decode(known)
if entry.c ~= ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`);

/** Remembers answers for 24 h. Correctness never rests on it, only speed and the 409s do. */
export class IdempotencyCache {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix = 'idem') {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async begin(request: IdempotentRequest): Promise<IdempotencyState> {
    const claim = randomUUID();
    const args = [request.fingerprint, claim, CLAIM_MS];
    try {
      const answer = await begin.run(this.#redis, [this.#key(request)], args);
      const [state, kept] = answer as [string, string?];
      if (state === 'claimed') return { state, claim };
      if (state === 'done') return { state, answer: JSON.parse(kept ?? 'null') as KeptAnswer };
      return { state: state === 'mismatch' ? 'mismatch' : 'in-progress' };
    } catch {
      return { state: 'unknown' };
    }
  }

  /** `answer` undefined: the answer holds personal data or secrets, only the fingerprint is kept. */
  async finish(
    request: IdempotentRequest,
    claim: string,
    answer: KeptAnswer | undefined,
  ): Promise<void> {
    const entry = { f: request.fingerprint, ...(answer && { a: JSON.stringify(answer) }) };
    await this.#end(request, claim, JSON.stringify(entry));
  }

  /** It failed: the next one with this key may try again at once. */
  async abandon(request: IdempotentRequest, claim: string): Promise<void> {
    await this.#end(request, claim, '');
  }

  /** A claim that could not be ended lapses by itself, so an error here is no news to anybody. */
  async #end(request: IdempotentRequest, claim: string, entry: string): Promise<boolean> {
    try {
      const ended = await end.run(this.#redis, [this.#key(request)], [claim, entry, KEPT_MS]);
      return ended === 1;
    } catch {
      return false;
    }
  }

  #key(request: IdempotentRequest): string {
    return `${this.#prefix}:${request.id}`;
  }
}
