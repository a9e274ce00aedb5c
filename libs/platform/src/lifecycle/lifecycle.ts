import { AppError, deferred, systemClock, withDeadline, type Clock } from '@trunkline/kernel';
import type { HealthRegistry } from '../health/health-registry.js';
import type { Logger } from '../telemetry/logger.js';

/**
 * - `stop-taking`: refuse new work (subscriptions drained, no new calls)
 * - `finish`: wait for the work that runs; HTTP still answers, a call may still come back
 * - `close-doors`: HTTP, after its last answer
 * - `close`: connections, in the opposite order of their opening
 */
export const stopPhases = ['stop-taking', 'finish', 'close-doors', 'close'] as const;
export type StopPhase = (typeof stopPhases)[number];

export type Step = (signal: AbortSignal) => Promise<void>;

export interface LifecycleOptions {
  readonly budgetMs: number;
  readonly health: HealthRegistry;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** The way out of a process: one order, one budget, and the names of those who did not make it. */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #clock: Clock;
  readonly #steps: { readonly phase: StopPhase; readonly name: string; readonly step: Step }[] = [];
  readonly #stopping = new AbortController();
  readonly #unfinished = new Set<string>();
  #hasFailed = false;
  #stop: Promise<number> | undefined;
  #running = deferred<void>();

  constructor(options: LifecycleOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Aborts as soon as the process is told to stop: for loops that may end at once. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Resolves once everything is closed, or with the budget gone. */
  get stopped(): Promise<void> {
    return this.#running.promise;
  }

  add(phase: StopPhase, name: string, step: Step): void {
    this.#steps.push({ phase, name, step });
  }

  /** Answers with the exit code. Asking again answers with the same stop. */
  stop(reason: string): Promise<number> {
    this.#stop ??= this.#run(reason);
    return this.#stop;
  }

  async #run(reason: string): Promise<number> {
    const { health, logger, budgetMs } = this.#options;
    const startMs = this.#clock.nowMs();
    health.drain();
    logger.info('lifecycle.stopping', { reason, budgetMs });
    this.#stopping.abort(new AppError('service.unavailable'));
    const limit = { limitMs: budgetMs, code: 'service.timeout' };
    try {
      await withDeadline(limit, (signal) => this.#runPhases(signal));
    } catch (error) {
      this.#hasFailed = true;
      for (const step of this.#unfinished) logger.error('lifecycle.hung', { step });
      logger.error('lifecycle.budget-gone', { budgetMs, error });
    }
    const exitCode = this.#hasFailed ? 1 : 0;
    logger.info('lifecycle.stopped', { exitCode, durationMs: this.#clock.nowMs() - startMs });
    this.#running.resolve();
    return exitCode;
  }

  async #runPhases(signal: AbortSignal): Promise<void> {
    for (const phase of stopPhases) {
      const steps = this.#steps.filter((candidate) => candidate.phase === phase);
      if (phase === 'close') {
        for (const { name, step } of steps.toReversed()) await this.#runStep(name, step, signal);
      } else {
        await Promise.all(steps.map(({ name, step }) => this.#runStep(name, step, signal)));
      }
    }
  }

  /** A step that fails does not keep the others from their turn. */
  async #runStep(name: string, step: Step, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#unfinished.add(name);
    try {
      await step(signal);
      this.#unfinished.delete(name);
    } catch (error) {
      if (signal.aborted) return;
      this.#unfinished.delete(name);
      this.#hasFailed = true;
      this.#options.logger.error('lifecycle.step-failed', { step: name, error });
    }
  }
}
