import { z } from 'zod';

const delayMs = z.number().min(0).max(600_000);

/** As the real one: told otherwise over control. The first byte is what the benchmark assumes. */
export const cartesiaSettings = z.strictObject({
  firstByteMs: delayMs.default(90),
  speed: z.number().min(0.1).max(1000).default(5),
  expireMs: delayMs.default(1000),
  idleMs: delayMs.default(300_000),
  /** Contexts at a time for each key. */
  concurrency: z.int().min(1).max(100_000).default(10_000),
});
export type CartesiaSettings = z.output<typeof cartesiaSettings>;

export const prepareOrder = z.strictObject({
  texts: z.array(z.string().max(10_000)).max(1000),
  language: z.string().optional(),
});
