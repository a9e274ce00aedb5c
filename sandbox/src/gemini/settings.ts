import { z } from 'zod';

const delayMs = z.number().min(0).max(600_000);

export const geminiSettings = z.strictObject({
  /** From the end of the caller's turn to the first sound. */
  firstAudioMs: delayMs.default(300),
  tokenMs: delayMs.default(12),
  /** How much faster than it sounds speech is made. */
  speed: z.number().min(0.1).max(1000).default(5),
  /** Each session is told to go so long after its setup; left out: never. */
  goAwayAfterMs: delayMs.optional(),
  goAwayTimeLeftMs: delayMs.default(5000),
});
export type GeminiSettings = z.output<typeof geminiSettings>;
