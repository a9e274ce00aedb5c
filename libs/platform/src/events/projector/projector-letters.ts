import { retry, sleep, type RetryPolicy } from '@trunkline/kernel';
import type { DeadLetter, DeadLetters, StoredLetter } from './dead-letters.js';
import type { EventStore } from '../store/event-store.js';
import { ProjectionFailure } from './projection-failure.js';
import type { ProjectedDocument } from '../views/projection.js';
import type { Parking } from './projector-parking.js';
import type { ProjectorLog } from './projector-runner.js';
import { replayAggregate, rewriteAggregate } from './replay.js';
import type { ViewWriter } from '../views/view-writer.js';

export interface LetterDeskOptions<Doc extends ProjectedDocument> {
  readonly projection: string;
  readonly letters: DeadLetters;
  readonly parking: Parking;
  readonly store: Pick<EventStore, 'load'>;
  readonly writer: ViewWriter<Doc>;
  readonly log: ProjectorLog;
  readonly signal: AbortSignal;
}

/** What the letter does not say: a letter that went without a note has no place any more. */
type Request = DeadLetter & { readonly seq?: number };

/**
 * Does what the notes in the dead-letter stream ask a projector for, whoever wrote them:
 * another process that parked, the operator that replays, the eraser.
 */
export class LetterDesk<Doc extends ProjectedDocument> {
  readonly #options: LetterDeskOptions<Doc>;
  /** What is being done now, by what was asked. */
  readonly #busy = new Map<string, Promise<void>>();

  constructor(options: LetterDeskOptions<Doc>) {
    this.#options = options;
  }

  /** Follows until the signal aborts; resolves when all that was begun has ended. */
  async run(fromSeq: number): Promise<void> {
    const { letters, signal, projection, log } = this.#options;
    const onLetter = (letter: StoredLetter): void => this.hear(letter);
    let nextSeq = fromSeq;
    while (!signal.aborted) {
      try {
        await letters.follow(nextSeq, { projection, signal, onLetter });
        await pause(1_000, signal);
        if (!signal.aborted) nextSeq = await this.reread();
      } catch (error) {
        if (signal.aborted) break;
        log.warn('projector.letters-lost', { projection, error });
        await pause(1_000, signal);
      }
    }
    await Promise.all(this.#busy.values());
  }

  hear(letter: Request): void {
    if (letter.projection !== this.#options.projection) return;
    const asked = `${letter.state} ${letter.seq ?? ''} ${JSON.stringify(letter.ref)}`;
    if (this.#busy.has(asked)) return;
    const task = this.#actAndReport(letter);
    this.#busy.set(asked, task);
    void task.finally(() => this.#busy.delete(asked));
  }

  /**
   * Notes can be missed, and letters go without one when a person is forgotten. What is not
   * open any more is not held back here either, and what is asked for is done.
   */
  async reread(): Promise<number> {
    const { letters, parking, projection } = this.#options;
    const parkedBefore = parking.letters;
    const { letters: open, nextSeq } = await letters.snapshot(projection);
    const there = new Set(open.map((letter) => JSON.stringify(letter.ref)));
    for (const letter of parkedBefore) {
      const isGone = !there.has(JSON.stringify(letter.ref));
      // Parked anew since the look: the newer letter stands.
      const isSame = parking.letters.includes(letter);
      if (isGone && isSame) this.hear({ ...letter, state: 'settled' });
    }
    for (const letter of open) this.hear(letter);
    return nextSeq;
  }

  /** False: the aggregate was parked again. */
  async act(letter: Request): Promise<boolean> {
    const { parking, letters, store, writer, signal } = this.#options;
    const wasParked = parking.isParked(letter.ref);
    parking.note(letter);
    const work = workOf(letter, wasParked);
    if (!work) return true;
    const policy = policyUntil(signal);
    try {
      await retry(policy, () => work({ store, writer, ref: letter.ref, signal }));
    } catch (error) {
      if (!(error instanceof ProjectionFailure)) throw error;
      await retry(policy, () => parking.park(error, { ref: letter.ref }));
      return false;
    }
    const { seq, state } = letter;
    if (seq === undefined || state === 'settled') return true;
    await retry(policy, () => letters.settle({ ...letter, seq }));
    return true;
  }

  async #actAndReport(letter: Request): Promise<void> {
    const { signal, log, projection } = this.#options;
    try {
      await this.act(letter);
    } catch (error) {
      if (!signal.aborted) log.error('projector.replay-failed', { projection, error });
    }
  }
}

/** Nothing: it is parked, or another replica has seen to it and nothing was held back here. */
function workOf(letter: Request, wasParked: boolean): typeof replayAggregate | undefined {
  // A released one is rewritten: the note that parked it may have covered the eraser's request.
  if (letter.state === 'released' || letter.state === 'rewrite') return rewriteAggregate;
  // What this replica acknowledged as parked may have come after the other one had replayed.
  return letter.state === 'settled' && wasParked ? replayAggregate : undefined;
}

/** For ever, except that what fails by itself will not get better by waiting. */
function policyUntil(signal: AbortSignal): RetryPolicy {
  return {
    attempts: Number.POSITIVE_INFINITY,
    firstDelayMs: 200,
    maxDelayMs: 5_000,
    isRetryable: (error) => !(error instanceof ProjectionFailure),
    signal,
  };
}

/** Waits, or returns early when the signal aborts. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
