import { AppError, isAppError, type Clock } from '@trunkline/kernel';
import type { ProviderAccess } from '../ports/index.js';
import { monotonicClock } from './monotonic-clock.js';

const FAILURES_TO_OPEN = 5;
const WINDOW_MS = 30_000;
const OPEN_MS = 10_000;
/** A vendor may ask us to wait; for longer than this nobody on the phone would. */
const LONGEST_WAIT_MS = 60_000;
/** A probe whose caller hung up never reports back; the next one may then try. */
const PROBE_LIMIT_MS = 10_000;

/**
 * Keeps calls away from a vendor that is failing: open after five failures in 30 s, then one
 * probe at a time until one succeeds. A vendor's Retry-After opens it by itself.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  #failedAtMs: number[] = [];
  #openUntilMs: number | undefined;
  #probeUntilMs = -Infinity;

  constructor(clock: Clock = monotonicClock) {
    this.#clock = clock;
  }

  get isOpen(): boolean {
    return this.#openUntilMs !== undefined;
  }

  /** Takes the one probe when it is due: ask only when you will try, then report. */
  mayTry(): boolean {
    if (this.#openUntilMs === undefined) return true;
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#openUntilMs || nowMs < this.#probeUntilMs) return false;
    this.#probeUntilMs = nowMs + PROBE_LIMIT_MS;
    return true;
  }

  succeeded(): void {
    this.#failedAtMs = [];
    this.#openUntilMs = undefined;
    this.#probeUntilMs = -Infinity;
  }

  /** Counts only what says something about the vendor's health. */
  failed(error: unknown): void {
    if (!isAppError(error) || !countsAsFailure(error)) return;
    const nowMs = this.#clock.nowMs();
    const waitMs = retryAfterMsOf(error);
    if (waitMs !== undefined) return this.#open(nowMs + Math.min(waitMs, LONGEST_WAIT_MS));
    this.#failedAtMs = this.#failedAtMs.filter((atMs) => nowMs - atMs < WINDOW_MS);
    this.#failedAtMs.push(nowMs);
    const isProbe = this.#openUntilMs !== undefined;
    if (isProbe || this.#failedAtMs.length >= FAILURES_TO_OPEN) this.#open(nowMs + OPEN_MS);
  }

  /** Runs `work` unless the circuit is open, and learns from how it goes. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.mayTry()) throw this.refusal();
    try {
      const result = await work();
      this.succeeded();
      return result;
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  refusal(): AppError {
    const retryAfterMs = Math.max(0, (this.#openUntilMs ?? 0) - this.#clock.nowMs());
    return new AppError('provider.unavailable', {
      retryable: true,
      details: { circuit: 'open', retryAfterMs },
    });
  }

  #open(untilMs: number): void {
    this.#openUntilMs = untilMs;
    this.#probeUntilMs = -Infinity;
    this.#failedAtMs = this.#failedAtMs.slice(-FAILURES_TO_OPEN);
  }
}

/**
 * A wrong key or model is not the vendor's weakness, and other calls may have better ones; and
 * what a breaker says of itself would keep it open for ever.
 */
function countsAsFailure({ code, details }: AppError): boolean {
  const isOwnWord = details['circuit'] === 'open';
  return code.startsWith('provider.') && code !== 'provider.refused' && !isOwnWord;
}

/**
 * A session that was cut off tells little: a vendor that restarts one machine takes many sessions
 * with it and is well. What counts is whether a new one can be had.
 */
export function isLostConnection(error: unknown): boolean {
  if (!isAppError(error) || error.code !== 'provider.unavailable') return false;
  return error.details['status'] === undefined && error.details['circuit'] === undefined;
}

/** What the vendor asked for, where it did. */
export function retryAfterMsOf(error: unknown): number | undefined {
  if (!isAppError(error) || error.code !== 'provider.rate-limited') return undefined;
  const waitMs = error.details['retryAfterMs'];
  return typeof waitMs === 'number' ? waitMs : undefined;
}

const MOST_BREAKERS = 10_000;

/** One breaker per vendor, address and owner of the credential: one tenant's trouble is its own. */
export class CircuitBreakers {
  readonly #clock: Clock;
  readonly #breakers = new Map<string, CircuitBreaker>();

  constructor(clock: Clock = monotonicClock) {
    this.#clock = clock;
  }

  of(access: ProviderAccess): CircuitBreaker {
    const key = [access.provider, access.baseUrl, access.owner].join(' ');
    const breaker = this.#breakers.get(key) ?? new CircuitBreaker(this.#clock);
    // Set again so that the first of the map is always the one unused for longest.
    this.#breakers.delete(key);
    this.#breakers.set(key, breaker);
    if (this.#breakers.size > MOST_BREAKERS) this.#forgetOldest();
    return breaker;
  }

  #forgetOldest(): void {
    const oldest = this.#breakers.keys().next();
    if (!oldest.done) this.#breakers.delete(oldest.value);
  }
}
