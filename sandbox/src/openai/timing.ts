import { z } from 'zod';

const delayMs = z.number().min(0).max(60_000);

/** As the voice benchmark's floor assumes them. */
export const defaultTiming = {
  firstTokenMs: 250,
  tokenMs: 12,
  /** Of a spoken answer, from the end of the caller's turn. */
  firstAudioMs: 300,
  /** What was heard is told so long after the turn, often after the answer began. */
  transcriptionMs: 150,
  /** How much faster than it sounds speech is made. */
  speed: 5,
} as const;

export const timingOrder = z.strictObject({
  firstTokenMs: delayMs.default(defaultTiming.firstTokenMs),
  tokenMs: delayMs.default(defaultTiming.tokenMs),
  firstAudioMs: delayMs.default(defaultTiming.firstAudioMs),
  transcriptionMs: delayMs.default(defaultTiming.transcriptionMs),
  speed: z.number().min(0.1).max(1000).default(defaultTiming.speed),
});
export type ModelTiming = z.output<typeof timingOrder>;
