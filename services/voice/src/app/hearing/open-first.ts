import { AppError, isAppError } from '@trunkline/kernel';
import { retryAfterMsOf, type CircuitBreakers } from '../failover/circuit-breaker.js';
import type { Listening } from '../ports/index.js';
import type { HearingChoice } from './hearing-news.js';

/** Row E23. The first, at once, is for whoever is not the one that broke. */
const attemptAfterMs = [0, 1000, 2000, 4000] as const;

const LONGEST_WAIT_MS = 4000;

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
  /** Everybody the call could turn to, whether or not they are asked now. */
  readonly everybody: readonly HearingChoice[];
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
    await parts.wait(Math.max(attempts.nextAfterMs(), askedWaitMs(lastError)), signal);
    try {
      const listening = await openOne(attempts.choice, parts, signal);
      return { attempts, listening, abort: () => controller.abort() };
    } catch (error) {
      signal.throwIfAborted();
      lastError = error;
      attempts.failed(error);
    }
  }
  throw lastError;
}

/** A vendor that names a time is left alone until then, as far as a caller can be kept waiting. */
const askedWaitMs = (error: unknown): number =>
  Math.min(retryAfterMsOf(error) ?? 0, LONGEST_WAIT_MS);

async function openOne(
  { speechToText, order }: HearingChoice,
  { breakers, everybody }: OpeningParts,
  signal: AbortSignal,
): Promise<Listening> {
  const breaker = breakers.of(order.access);
  // A circuit leads to somebody better. A call that has nobody better is not helped by silence.
  const isLastHope = everybody.every((choice) => breakers.of(choice.order.access).isOpen);
  if (!breaker.mayTry() && !isLastHope) throw breaker.refusal();
  try {
    const listening = await speechToText.open(order, signal);
    if (breaker.isOpen) breaker.succeeded();
    return listening;
  } catch (error) {
    breaker.failed(error);
    throw error;
  }
}
