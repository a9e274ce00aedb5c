import type { StandInFactory } from './core/desk.js';

/** One line for each. */
export const standIns: readonly StandInFactory[] = [];
