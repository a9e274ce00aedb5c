import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  readonly deadlineMs: number;
  readonly attemptMs: number;
  readonly everyMs: number;
}

export const startPatience: Patience = { deadlineMs: 45_000, attemptMs: 5_000, everyMs: 100 };

/** Repeats the attempt until it succeeds; the last reason is the cause when the time is over. */
export async function until(
  attempt: () => Promise<void>,
  patience: Patience,
  signal: AbortSignal,
): Promise<void> {
  const endsAtMs = Date.now() + patience.deadlineMs;
  for (;;) {
    signal.throwIfAborted();
    try {
      await within(attempt(), patience.attemptMs);
      return;
    } catch (error) {
      if (Date.now() >= endsAtMs) throw error;
    }
    await delay(patience.everyMs, undefined, { signal });
  }
}

export async function within<T>(work: Promise<T>, timeMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeMs} ms`)), timeMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
