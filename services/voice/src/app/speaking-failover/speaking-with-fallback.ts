import { deferred } from '@trunkline/kernel';
import {
  bytesPerFrame,
  FRAME_MS,
  type Speaking,
  type SpeakingOrder,
  type Spoken,
  type Word,
} from '../ports/index.js';
import { isDelivered, SpokenText } from './spoken-text.js';

export interface UtteranceParts {
  /** Opens a voice with whoever is next; throws when nobody is left. */
  readonly successor: (cause: unknown) => Promise<Speaking>;
  /** The present voice works. */
  readonly sounded: () => void;
  /** Nothing more is wanted of anybody. */
  readonly over: () => void;
}

/**
 * One utterance that outlives its vendor: when a voice breaks in mid-sentence, the next one says
 * the rest. Words are told no sooner than their sound, lest a word that was announced and never
 * sounded is taken for heard.
 */
export class SpeakingWithFallback implements Speaking {
  readonly #parts: UtteranceParts;
  readonly #bytesPerMs: number;
  readonly #text = new SpokenText();
  #current: Speaking | undefined;
  /** Keeps what goes to a voice in order, across its changes. */
  #inOrder: Promise<void> = Promise.resolve();
  #untold: Word[] = [];
  #deliveredMs = 0;
  #beforeMs = 0;
  #isEnded = false;
  #isCancelled = false;

  constructor(first: Speaking, order: SpeakingOrder, parts: UtteranceParts) {
    this.#current = first;
    this.#parts = parts;
    this.#bytesPerMs = bytesPerFrame(order.format) / FRAME_MS;
  }

  say(text: string): Promise<void> {
    if (this.#isEnded || this.#isCancelled) return Promise.resolve();
    this.#text.add(text);
    return this.#tell((speaking) => speaking.say(text));
  }

  flush(): void {
    void this.#tell((speaking) => speaking.flush());
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    void this.#tell((speaking) => speaking.end());
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#current?.cancel();
    this.#parts.over();
  }

  get spoken(): AsyncIterable<Spoken> {
    return this.#read();
  }

  async *#read(): AsyncGenerator<Spoken, void, undefined> {
    try {
      while (this.#current) {
        const broken = yield* this.#readOne(this.#current);
        if (broken === null || this.#isCancelled) return;
        await this.#goOn(broken.error);
      }
    } finally {
      this.cancel();
    }
  }

  /** Everything of one voice; answers how it broke, if it did. */
  async *#readOne(
    speaking: Speaking,
  ): AsyncGenerator<Spoken, { error: unknown } | null, undefined> {
    try {
      for await (const piece of speaking.spoken) {
        if (piece.type === 'words') this.#announced(piece.words);
        else yield* this.#delivered(piece);
      }
    } catch (error) {
      return { error };
    }
    yield* this.#tellWords(Infinity);
    return null;
  }

  #announced(words: readonly Word[]): void {
    this.#text.timed(words);
    this.#untold.push(...words);
  }

  *#delivered(piece: Extract<Spoken, { type: 'audio' }>): Generator<Spoken, void, undefined> {
    if (this.#deliveredMs === 0) this.#parts.sounded();
    this.#deliveredMs += piece.bytes.length / this.#bytesPerMs;
    yield piece;
    yield* this.#tellWords(this.#deliveredMs);
  }

  *#tellWords(untilMs: number): Generator<Spoken, void, undefined> {
    const firstUntold = this.#untold.findIndex((word) => !isDelivered(word, untilMs));
    const count = firstUntold === -1 ? this.#untold.length : firstUntold;
    if (count === 0) return;
    const words = this.#untold.splice(0, count).map(({ text, startMs, endMs }) => ({
      text,
      startMs: startMs + this.#beforeMs,
      endMs: endMs + this.#beforeMs,
    }));
    yield { type: 'words', words };
  }

  async #goOn(error: unknown): Promise<void> {
    this.#current = undefined;
    this.#text.brokeAfter(this.#deliveredMs);
    this.#beforeMs += Math.round(this.#deliveredMs);
    this.#deliveredMs = 0;
    this.#untold = [];
    if (this.#isEnded && this.#text.rest.trim() === '') return;
    const next = await this.#nextAfter(error);
    if (!next) return;
    this.#current = next;
    const { rest } = this.#text;
    if (rest !== '') void this.#tell((speaking) => speaking.say(rest));
    if (this.#isEnded) void this.#tell((speaking) => speaking.end());
  }

  async #nextAfter(error: unknown): Promise<Speaking | undefined> {
    try {
      const next = await this.#parts.successor(error);
      if (!this.#isCancelled) return next;
      next.cancel();
    } catch (failure) {
      if (!this.#isCancelled) throw failure;
    }
    return undefined;
  }

  /** To the voice there is; without one the text waits in `#text`. */
  #tell(work: (speaking: Speaking) => Promise<void> | void): Promise<void> {
    const speaking = this.#current;
    if (!speaking) return Promise.resolve();
    const told = deferred<void>();
    const turn = this.#inOrder;
    this.#inOrder = told.promise;
    return turn.then(() => work(speaking)).finally(() => told.resolve());
  }
}
