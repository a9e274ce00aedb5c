import type { Json } from './caller-world.js';

export const question = 'Are you open today?';
export const interruption = 'Sorry, wait a moment please.';
const ROUNDS = 45;

/** Somebody who talks for minutes, half of the time while the agent does. */
export function chatter(): readonly Json[] {
  const round = [
    { waitForAgent: { quietMs: 400, timeoutMs: 6000 } },
    { say: question },
    { interrupt: { say: interruption, afterMs: 300, timeoutMs: 4000 } },
  ];
  return Array.from({ length: ROUNDS }, () => round).flat();
}
