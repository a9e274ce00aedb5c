import { AppError, isAppError } from '@trunkline/kernel';
import type { CircuitBreakers } from '../failover/circuit-breaker.js';
import type { Listening } from '../ports/index.js';
import type { HearingChoice } from './hearing-news.js';

/** Row E23. The first, at once, is for whoever is not the one that broke. */
const attemptAfterMs = [0, 1000, 2000, 4000] as const;

/** How far one choice has come with its attempts; starts over once a session has proved itself. */
export class Attempts {
  #next = 0;
  #isRefused = false;

  constructor(
    readonly choice: HearingChoice,
    private readonly afterMs: readonly number[] = attemptAfterMs,
  ) {}

  /** A wrong key or model stays wrong for the rest of the call. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  get isExhausted(): boolean {
    return this.#isRefused || this.#next >= this.afterMs.length;
  }

  nextAfterMs(): number {
    this.#next += 1;
    return this.afterMs[this.#next - 1] ?? 0;
  }

  /** Asking again at once would find it as it is. */
  failed(error: unknown): void {
    this.#isRefused ||= isAppError(error) && error.code === 'provider.refused';
    this.#next = Math.max(this.#next, 1);
  }

  reset(): void {
    this.#next = 0;
  }
}

export interface Opened {
  readonly attempts: Attempts;
  readonly listening: Listening;
  /** Ends the session and whatever it still holds. */
  readonly abort: () => void;
}

export interface OpeningParts {
  readonly breakers: CircuitBreakers;
  readonly wait: (delayMs: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** All choices try at the same time, each at its own pace; the first that opens is taken. */
export async function openFirst(all: readonly Attempts[], parts: OpeningParts): Promise<Opened> {
  const races = all.map((attempts) => ({ attempts, controller: new AbortController() }));
  try {
    const winner = await Promise.any(
      races.map(({ attempts, controller }) => keepTrying(attempts, controller, parts)),
    );
    abortAll(races.filter(({ attempts }) => attempts !== winner.attempts));
    return winner;
  } catch (error) {
    abortAll(races);
    parts.signal.throwIfAborted();
    throw error instanceof AggregateError ? (error.errors[0] ?? exhausted()) : error;
  }
}

function abortAll(races: readonly { readonly controller: AbortController }[]): void {
  for (const { controller } of races) controller.abort(new AppError('provider.unavailable'));
}

const exhausted = (): AppError => new AppError('provider.unavailable', { retryable: true });

async function keepTrying(
  attempts: Attempts,
  controller: AbortController,
  parts: OpeningParts,
): Promise<Opened> {
  const signal = AbortSignal.any([parts.signal, controller.signal]);
  let lastError: unknown = exhausted();
  while (!attempts.isExhausted) {
    await parts.wait(attempts.nextAfterMs(), signal);
    try {
      const listening = await openOne(attempts.choice, parts.breakers, signal);
      return { attempts, listening, abort: () => controller.abort() };
    } catch (error) {
      signal.throwIfAborted();
      lastError = error;
      attempts.failed(error);
    }
  }
  throw lastError;
}

async function openOne(
  { speechToText, order }: HearingChoice,
  breakers: CircuitBreakers,
  signal: AbortSignal,
): Promise<Listening> {
  const breaker = breakers.of(order.access);
  if (!breaker.mayTry()) throw breaker.refusal();
  try {
    return await speechToText.open(order, signal);
  } catch (error) {
    breaker.failed(error);
    throw error;
  }
}
