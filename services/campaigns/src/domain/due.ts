import type { DialStatus } from './dial-status.js';

export interface OpenDial {
  readonly status: DialStatus;
  /** When it got there. */
  readonly sinceMs: number;
  readonly ringSeconds: number;
  readonly timeLimitSeconds: number;
}

/** How long a dial may stand still before somebody looks after it. */
export interface Patience {
  /** Nobody took it up: the replica that should have is gone. */
  readonly requestedMs: number;
  /** The place on a voice pod has lapsed by then, so nobody may dial any more. */
  readonly placeMs: number;
  /** Longer than the POST may take, so that nobody is still waiting for its answer. */
  readonly attemptingMs: number;
  /** Somebody asks the carrier what became of it: no webhook has told so far. */
  readonly unknownMs: number;
  /** After ringing, and after the carrier's own time limit. */
  readonly silenceMs: number;
}

export const usualPatience: Patience = {
  requestedMs: 5000,
  placeMs: 30_000,
  attemptingMs: 20_000,
  unknownMs: 5000,
  silenceMs: 60_000,
};

export type DueStep =
  | 'take-up'
  /** Too late to dial; nothing was ever posted. */
  | 'cancel'
  | 'lose-sight'
  /** Nobody knows whether there is a leg: the carrier's list may. */
  | 'look-up'
  /** Nobody will ever tell: it is closed as unknown, and hung up where its leg has a name. */
  | 'give-up';

/** What is to be done about a dial that stands still; `undefined`: wait. */
export function dueStep(dial: OpenDial, nowMs: number, patience: Patience): DueStep | undefined {
  const ageMs = nowMs - dial.sinceMs;
  const stands = (limitMs: number, step: DueStep): DueStep | undefined =>
    ageMs > limitMs ? step : undefined;
  const silent = (seconds: number): DueStep | undefined =>
    stands(seconds * 1000 + patience.silenceMs, 'give-up');
  switch (dial.status) {
    case 'requested':
      return stands(patience.placeMs, 'cancel') ?? stands(patience.requestedMs, 'take-up');
    case 'attempting':
      return stands(patience.attemptingMs, 'lose-sight');
    case 'unknown':
      return silent(dial.ringSeconds) ?? stands(patience.unknownMs, 'look-up');
    case 'accepted':
    case 'ringing':
      return silent(dial.ringSeconds);
    default:
      return talking.has(dial.status) ? silent(dial.timeLimitSeconds) : undefined;
  }
}

const talking: ReadonlySet<DialStatus> = new Set(['answered', 'agreed', 'joined']);

/** The shortest time after which any dial may be due. */
export function soonestDueMs(patience: Patience): number {
  return Math.min(patience.requestedMs, patience.attemptingMs, patience.unknownMs);
}
