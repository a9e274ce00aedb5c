import { Pacer } from '../model/pacer.js';
import type { Rendered } from '../model/rendered.js';
import type { SpokenWord } from '../speech/speak.js';
import {
  badRequest,
  chunkMessage,
  contextClosed,
  doneMessage,
  flushDoneMessage,
  timestampsMessage,
  wordTimestamps,
  type CartesiaError,
} from './messages.js';
import type { Generation } from './requests.js';
import { TextBuffer } from './text-buffer.js';

const DEFAULT_BUFFER_DELAY_MS = 3000;

export interface VoiceTiming {
  /** From the decision to speak to the first sound. */
  readonly firstByteMs: number;
  /** How much faster than it sounds speech is made. */
  readonly speed: number;
  /** An open context ends so long after its last sound. */
  readonly expireMs: number;
}

export interface ContextPorts {
  readonly timing: VoiceTiming;
  readonly render: (text: string) => Promise<Rendered>;
  readonly send: (message: object) => void;
  /** This text is no longer held. */
  readonly decided: (text: string) => void;
  /** So much sound is sent now; the context's sound began with that text. */
  readonly sounded: (durationMs: number, firstText: string) => void;
  readonly ended: () => void;
  readonly failed: (error: unknown) => void;
}

/** One context: text in, sound out in the order of the text, never text that is still held. */
export class SpeechContext {
  readonly #id: string;
  readonly #ports: ContextPorts;
  readonly #buffer: TextBuffer;
  readonly #withTimestamps: boolean;
  readonly #pacer: Pacer;
  /** Texts are made one after another, however long each takes. */
  #making: Promise<void> = Promise.resolve();
  #inMaking = 0;
  #holdTimer: NodeJS.Timeout | undefined;
  #expiryTimer: NodeJS.Timeout | undefined;
  #flushes = 0;
  #spokenSeconds = 0;
  /** The text whose sound is the context's first. */
  #firstText: string | undefined;
  #hasSounded = false;
  /** No further input; what came is still spoken. */
  #isClosing = false;
  #hasEnded = false;

  constructor(id: string, first: Generation, ports: ContextPorts) {
    this.#id = id;
    this.#ports = ports;
    this.#buffer = new TextBuffer(first.max_buffer_delay_ms ?? DEFAULT_BUFFER_DELAY_MS);
    this.#withTimestamps = first.add_timestamps === true;
    this.#pacer = new Pacer((error) => this.#fail(error));
  }

  /** What is wrong with the input, if anything. */
  push({ transcript, flush, continue: goesOn }: Generation): CartesiaError | undefined {
    if (this.#isClosing) return contextClosed;
    if (flush === true && transcript !== '') return badRequest('A flush has an empty transcript.');
    const nowMs = performance.now();
    if (transcript !== '' && !this.#buffer.push(transcript, nowMs)) {
      return badRequest('The transcript is too long.');
    }
    const isLast = goesOn !== true;
    this.#speak(flush === true || isLast ? this.#buffer.takeAll() : this.#buffer.take(nowMs));
    if (flush === true) this.#flush();
    if (isLast) this.#close();
    this.#watch();
    return undefined;
  }

  cancel(): void {
    this.#end();
  }

  #speak(text: string): void {
    if (text.trim() === '') return;
    this.#ports.decided(text);
    this.#firstText ??= text;
    const soonestMs = performance.now() + this.#ports.timing.firstByteMs;
    const flushId = this.#flushes + 1;
    this.#inTurn(async () => {
      const rendered = await this.#ports.render(text);
      // Made late (words never spoken before), it must not be sent in one burst to catch up.
      const notBeforeMs = Math.max(soonestMs, performance.now());
      this.#queueSound(rendered, { notBeforeMs, flushId });
    });
  }

  #queueSound(
    { chunks, words, durationMs }: Rendered,
    { notBeforeMs, flushId }: { readonly notBeforeMs: number; readonly flushId: number },
  ): void {
    const of = { contextId: this.#id, flushId };
    const spokenSeconds = this.#spokenSeconds;
    this.#spokenSeconds += durationMs / 1000;
    let madeMs = 0;
    for (const chunk of chunks) {
      const paceMs = chunk.durationMs / this.#ports.timing.speed;
      const message = chunkMessage(of, chunk.data, paceMs);
      const begun = words.filter((word) => isWithin(word, madeMs, chunk.durationMs));
      madeMs += chunk.durationMs;
      this.#queue(notBeforeMs, paceMs, () => {
        this.#sendChunk(message, chunk.durationMs);
        if (!this.#withTimestamps || begun.length === 0) return;
        this.#ports.send(timestampsMessage(of, wordTimestamps(begun, spokenSeconds)));
      });
    }
  }

  #sendChunk(message: object, durationMs: number): void {
    this.#ports.sounded(durationMs, this.#firstText ?? '');
    this.#hasSounded = true;
    this.#ports.send(message);
    if (this.#pacer.isIdle) this.#watch();
  }

  #flush(): void {
    this.#flushes += 1;
    const message = flushDoneMessage({ contextId: this.#id, flushId: this.#flushes });
    this.#inTurn(() => this.#queue(0, 0, () => this.#ports.send(message)));
  }

  #close(): void {
    this.#isClosing = true;
    this.#inTurn(() =>
      this.#queue(0, 0, () => {
        this.#ports.send(doneMessage({ contextId: this.#id }));
        this.#end();
      }),
    );
  }

  #inTurn(make: () => Promise<void> | void): void {
    this.#inMaking += 1;
    this.#making = this.#afterThose(make);
  }

  async #afterThose(make: () => Promise<void> | void): Promise<void> {
    await this.#making;
    try {
      if (!this.#hasEnded) await make();
    } catch (error) {
      this.#fail(error);
    }
    this.#inMaking -= 1;
  }

  #queue(notBeforeMs: number, paceMs: number, send: () => void): void {
    if (this.#hasEnded) return;
    const isAdded = this.#pacer.add({ notBeforeMs, paceMs, send });
    if (!isAdded) this.#fail(new RangeError('more speech than a context can hold'));
  }

  /** Wakes when the held text is due or, with none and after the last sound, to expire. */
  #watch(): void {
    clearTimeout(this.#holdTimer);
    clearTimeout(this.#expiryTimer);
    if (this.#isClosing) return;
    const { dueAtMs } = this.#buffer;
    if (dueAtMs !== undefined) {
      this.#holdTimer = setTimeout(
        () => this.#holdOver(),
        Math.max(0, dueAtMs - performance.now()),
      );
    } else if (this.#hasSounded && this.#pacer.isIdle && this.#inMaking === 0) {
      this.#expiryTimer = setTimeout(() => this.#end(), this.#ports.timing.expireMs);
    }
  }

  #holdOver(): void {
    this.#speak(this.#buffer.take(performance.now()));
    this.#watch();
  }

  #fail(error: unknown): void {
    if (this.#hasEnded) return;
    this.#end();
    this.#ports.failed(error);
  }

  #end(): void {
    this.#isClosing = true;
    this.#hasEnded = true;
    this.#pacer.clear();
    clearTimeout(this.#holdTimer);
    clearTimeout(this.#expiryTimer);
    this.#ports.ended();
  }
}

/** Told after the sound in which they begin, not beforehand: the real one knows no sooner. */
function isWithin({ startMs }: SpokenWord, fromMs: number, durationMs: number): boolean {
  return startMs >= fromMs && startMs < fromMs + durationMs;
}
