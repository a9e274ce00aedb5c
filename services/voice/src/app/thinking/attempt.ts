import { AppError } from '@trunkline/kernel';
import type { ReplyPart } from '../ports/language-model.js';

export interface AttemptLimits {
  /** Until anything comes; the beginning of a tool call counts. */
  readonly firstTokenLimitMs: number;
  /** Between two parts afterwards. */
  readonly stallLimitMs: number;
}

/** One question to one model, which has to keep talking. */
export class Attempt {
  readonly #limits: AttemptLimits;
  readonly #limit = new AbortController();
  readonly #signal: AbortSignal;
  /** Something was handed out that a second attempt would repeat. */
  isCommitted = false;

  constructor(limits: AttemptLimits, signal: AbortSignal) {
    this.#limits = limits;
    this.#signal = AbortSignal.any([signal, this.#limit.signal]);
  }

  /** The clock stands still while the reader is busy with a part: that is no fault of the model. */
  async *parts(
    ask: (signal: AbortSignal) => AsyncIterable<ReplyPart>,
  ): AsyncGenerator<ReplyPart, void, undefined> {
    const { firstTokenLimitMs, stallLimitMs } = this.#limits;
    let timer = this.#arm(firstTokenLimitMs);
    try {
      for await (const part of ask(this.#signal)) {
        clearTimeout(timer);
        this.isCommitted ||= part.type !== 'tool-call-started';
        yield part;
        timer = this.#arm(stallLimitMs);
      }
      this.#signal.throwIfAborted();
    } finally {
      clearTimeout(timer);
    }
  }

  #arm(limitMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      const details = { limitMs, phase: this.isCommitted ? 'stall' : 'first-token' };
      this.#limit.abort(new AppError('provider.timeout', { retryable: true, details }));
    }, limitMs);
  }
}
