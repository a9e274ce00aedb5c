import { sleep } from '@trunkline/kernel';

export interface EventuallyOptions {
  /** 10 s unless told. */
  readonly deadlineMs?: number;
  readonly everyMs?: number;
}

/**
 * Calls `check` until it neither throws nor answers false, and hands its answer back. After
 * the deadline it throws what the last try threw.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<T> {
  const { deadlineMs = 10_000, everyMs = 20 } = options;
  const endsAtMs = performance.now() + deadlineMs;
  for (;;) {
    try {
      const answer = await check();
      if (answer !== false) return answer;
      if (performance.now() > endsAtMs) throw new Error(`still false after ${deadlineMs} ms`);
    } catch (error) {
      if (performance.now() > endsAtMs) throw error;
    }
    await sleep(everyMs);
  }
}
