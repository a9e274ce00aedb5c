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

export interface CheckState {
  readonly isOk: boolean;
  /** An error code or the name of an error, never its text. */
  readonly reason?: string;
  readonly sinceMs: number;
}

export interface HealthReport {
  readonly isReady: boolean;
  readonly isDraining: boolean;
  readonly checks: Readonly<Record<string, CheckState>>;
}

interface Watched {
  readonly check: HealthCheck;
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
  add(name: string, check: HealthCheck): void {
    const sinceMs = this.#options.clock.nowMs();
    const state = { isOk: false, reason: 'not-checked-yet', sinceMs };
    // The very first success counts at once, so that a start is not slowed down.
    this.#watched.set(name, { check, state, streak: this.#options.turns.up - 1 });
  }

  /** For good: whoever asks from now on hears no. */
  drain(): void {
    this.#isDraining = true;
  }

  report(): HealthReport {
    const checks = Object.fromEntries(
      [...this.#watched].map(([name, watched]) => [name, watched.state] as const),
    );
    const isHealthy = Object.values(checks).every((check) => check.isOk);
    return { isReady: isHealthy && !this.#isDraining, isDraining: this.#isDraining, checks };
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
