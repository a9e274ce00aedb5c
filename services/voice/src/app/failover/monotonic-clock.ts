import type { Clock } from '@trunkline/kernel';

/** For spans of time: it never jumps when somebody sets the wall clock. */
export const monotonicClock: Clock = { nowMs: () => performance.now() };
