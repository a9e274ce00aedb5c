import { AppError } from '@trunkline/kernel';
import type { ReplyPart } from '../../app/ports/language-model.js';
import { CompletionReader } from './completion-reader.js';
import { SseReader } from './sse-reader.js';

/** The bytes of one streamed reply, as its parts. */
export class ReplyReader {
  readonly #provider: string;
  readonly #events: SseReader;
  readonly #completion: CompletionReader;
  #isOver = false;

  constructor(provider: string) {
    this.#provider = provider;
    this.#events = new SseReader(provider);
    this.#completion = new CompletionReader(provider);
  }

  /** It has said so itself: what follows is nothing. */
  get isOver(): boolean {
    return this.#isOver;
  }

  read(bytes: Uint8Array): ReplyPart[] {
    return this.#parts(this.#events.push(bytes));
  }

  /** Throws for a reply that broke off: it must never look like a whole one. */
  end(): ReplyPart[] {
    const late = this.#parts(this.#events.end());
    const end = this.#completion.end();
    if (end) return [...late, end];
    const details = { provider: this.#provider, reason: 'the reply broke off' };
    throw new AppError('provider.unavailable', { retryable: true, details });
  }

  #parts(events: readonly string[]): ReplyPart[] {
    const parts: ReplyPart[] = [];
    for (const data of events) {
      if (data === '[DONE]') this.#isOver = true;
      else if (!this.#isOver) parts.push(...this.#completion.read(data));
    }
    return parts;
  }
}
