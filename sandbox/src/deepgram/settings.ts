import { z } from 'zod';

const ms = z.int().min(0).max(60_000);

/** How quick the ears are. */
export const deepgramSettings = z.strictObject({
  /** Flux: so much silence looks like the end of a turn … */
  eagerSilenceMs: ms.default(240),
  /** … and so much is it. */
  endSilenceMs: ms.default(400),
  /** From hearing to telling, both versions. */
  lagMs: ms.default(60),
  /** Flux tells of a turn's state at least so often, in audio. */
  updateEveryMs: ms.min(20).default(250),
  /** v1: from one interim result to the next, in audio. */
  interimEveryMs: ms.min(20).default(250),
  /** v1: without audio or KeepAlive for so long the connection is closed. */
  idleMs: ms.min(20).default(10_000),
});
export type DeepgramSettings = z.output<typeof deepgramSettings>;

export const defaultSettings: DeepgramSettings = deepgramSettings.parse({});
