import { sleep } from '@trunkline/kernel';

/** A sleep whose end by the signal is no error: for loops that look at the signal themselves. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
