import { isAppError, systemClock, withDeadline, type Clock } from '@trunkline/kernel';
import { pause } from '../lifecycle/pause.js';

/** Resolves when the thing works; rejects with the reason when it does not. */
export type HealthCheck = (signal: AbortSignal) => Promise<void>;

export interface HealthOptions {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  /** How often in a row the other answer must come before the state turns. */
  readonly turns?: { readonly down: number; readonly up: number };
  readonly clock?: Clock;
}

export interface CheckOptions {
  /** Once it has worked its fault takes no work away: others serve no better, most is served. */
  readonly isPartial?: boolean;
}

export interface CheckState {
  readonly isOk: boolean;
  /** An error code or the name of an error, never its text. */
  readonly reason?: string;
  readonly sinceMs: number;
}

export interface HealthReport {
  readonly isReady: boolean;
  /** Ready, but something is behind. */
  readonly isDegraded: boolean;
  readonly isDraining: boolean;
  readonly checks: Readonly<Record<string, CheckState>>;
}

interface Watched {
  readonly check: HealthCheck;
  readonly isPartial: boolean;
  hasWorked: boolean;
  state: CheckState;
  /** Answers in a row that contradict the state. */
  streak: number;
}

/**
 * Whether this process should get work. The checks run on their own beat, so that asking
 * costs nothing and cannot hang; one failed beat does not flap the answer.
 */
export class HealthRegistry {
  readonly #watched = new Map<string, Watched>();
  readonly #options: Required<HealthOptions>;
  #isDraining = false;

  constructor(options: HealthOptions = {}) {
    this.#options = {
      intervalMs: 1000,
      timeoutMs: 3500,
      turns: { down: 2, up: 2 },
      clock: systemClock,
      ...options,
    };
  }

  /** Not ready until its first success. */
  add(name: string, check: HealthCheck, { isPartial = false }: CheckOptions = {}): void {
    const sinceMs = this.#options.clock.nowMs();
    const state = { isOk: false, reason: 'not-checked-yet', sinceMs };
    // The very first success counts at once, so that a start is not slowed down.
    const streak = this.#options.turns.up - 1;
    this.#watched.set(name, { check, isPartial, hasWorked: false, state, streak });
  }

  /** For good: whoever asks from now on hears no. */
  drain(): void {
    this.#isDraining = true;
  }

  report(): HealthReport {
    const checks = Object.fromEntries(
      [...this.#watched].map(([name, watched]) => [name, watched.state] as const),
    );
    const failing = [...this.#watched.values()].filter(({ state }) => !state.isOk);
    const isUsable = failing.every(({ isPartial, hasWorked }) => isPartial && hasWorked);
    const isReady = isUsable && !this.#isDraining;
    const isDegraded = isReady && failing.length > 0;
    return { isReady, isDegraded, isDraining: this.#isDraining, checks };
  }

  /** One beat: every check once, all together, each within its limit. */
  async beat(): Promise<void> {
    await Promise.all([...this.#watched.values()].map((watched) => this.#runOne(watched)));
  }

  /** Beats until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.beat();
      await pause(this.#options.intervalMs, signal);
    }
  }

  async #runOne(watched: Watched): Promise<void> {
    const limit = { limitMs: this.#options.timeoutMs, code: 'service.timeout' };
    let reason: string | undefined;
    try {
      await withDeadline(limit, watched.check);
    } catch (error) {
      reason = reasonOf(error);
    }
    this.#learn(watched, reason);
  }

  #learn(watched: Watched, reason: string | undefined): void {
    const isOk = reason === undefined;
    const { turns, clock } = this.#options;
    watched.hasWorked ||= isOk;
    const needed = isOk ? turns.up : turns.down;
    watched.streak = isOk === watched.state.isOk ? 0 : watched.streak + 1;
    if (watched.streak >= needed) {
      watched.streak = 0;
      watched.state = { isOk, sinceMs: clock.nowMs(), ...(isOk ? {} : { reason: reason ?? '' }) };
    } else if (!isOk && !watched.state.isOk) {
      watched.state = { ...watched.state, reason: reason ?? '' };
    }
  }
}

function reasonOf(error: unknown): string {
  if (isAppError(error)) return error.code;
  return error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'failed';
}
