/** Time as a dependency. Domain code takes `nowMs` as an argument instead. */
export interface Clock {
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };
