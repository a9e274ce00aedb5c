export const faultKinds = [
  'kill-voice',
  'kill-voice-and-folder',
  'kill-service',
  'kill-nats',
  'freeze-nats',
  'mongo-away',
  's3-away',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly atMs: number;
  readonly kind: FaultKind;
  readonly forMs: number;
  /** Picks the victim among those there are. */
  readonly dice: number;
}

const LONGEST_MS: Readonly<Record<FaultKind, number>> = {
  'kill-voice': 5000,
  'kill-voice-and-folder': 5000,
  'kill-service': 5000,
  'kill-nats': 30_000,
  'freeze-nats': 20_000,
  'mongo-away': 60_000,
  's3-away': 30_000,
};
const SHORTEST_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

/** Pure: the same faults for the same seed, one after the other. */
export function scheduleOf(seed: number, totalMs: number): Fault[] {
  const next = diceOf(seed);
  const faults: Fault[] = [];
  let atMs = next() * LONGEST_PAUSE_MS;
  while (atMs < totalMs) {
    const kind = faultKinds[Math.floor(next() * faultKinds.length)] ?? 'kill-voice';
    const forMs = SHORTEST_MS + next() * (LONGEST_MS[kind] - SHORTEST_MS);
    faults.push({ atMs: Math.round(atMs), kind, forMs: Math.round(forMs), dice: next() });
    atMs += forMs + next() * LONGEST_PAUSE_MS;
  }
  return faults;
}

/** mulberry32: 0 to 1, the same for ever after the same seed. */
export function diceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
