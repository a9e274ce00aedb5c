import { z } from 'zod';

const delayMs = z.number().min(0).max(60_000);

/** As the voice benchmark's floor assumes them. */
export const defaultTiming = { firstTokenMs: 250, tokenMs: 12 } as const;

export const timingOrder = z.strictObject({
  firstTokenMs: delayMs.default(defaultTiming.firstTokenMs),
  tokenMs: delayMs.default(defaultTiming.tokenMs),
});
