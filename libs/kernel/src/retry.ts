import { sleep } from './abortable.js';

export interface RetryPolicy {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** 0..1; spreads the delay down from its full length. */
  readonly jitter?: number;
  /** Retries only what this accepts; everything by default. */
  readonly isRetryable?: (error: unknown) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Pure: the delay before the given attempt (2, 3, …). */
export function backoffMs(policy: RetryPolicy, attempt: number, dice: number): number {
  const fullMs = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (attempt - 2));
  return Math.round(fullMs * (1 - (policy.jitter ?? 0) * dice));
}

/** An abort wins over everything: before an attempt, during a wait, and after a failure. */
export async function retry<T>(
  policy: RetryPolicy,
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    policy.signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      policy.signal?.throwIfAborted();
      const mayRetry = policy.isRetryable?.(error) ?? true;
      if (!mayRetry || attempt >= policy.attempts) throw error;
      await sleep(backoffMs(policy, attempt + 1, Math.random()), policy.signal);
    }
  }
}
