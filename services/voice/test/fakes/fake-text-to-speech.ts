import { Channel, deferred } from '@trunkline/kernel';
import {
  bytesPerFrame,
  FRAME_MS,
  TextToSpeech,
  type AudioFormat,
  type ProviderAccess,
  type Speaking,
  type SpeakingOrder,
  type Spoken,
} from '../../src/app/ports/index.js';
import { aborted } from './fake-speech-to-text.js';

const MOST_UNDELIVERED_MS = 30_000;

export interface FakeVoice {
  /** Speaks by itself whatever is said; otherwise a spec makes the sounds. */
  readonly speaks: boolean;
  readonly msPerWord: number;
}

/** An utterance that sounds as a spec, or its own simple voice, makes it sound. */
export class FakeSpeaking implements Speaking {
  readonly #pieces = new Channel<Spoken>({ capacity: 10_000, whenFull: 'refuse' });
  readonly #bytesPerMs: number;
  #room = deferred<void>();
  #soundMs = 0;
  #undeliveredMs = 0;
  said = '';
  flushes = 0;
  isEnded = false;
  isCancelled = false;
  isOver = false;

  constructor(
    readonly order: SpeakingOrder,
    private readonly voice: FakeVoice,
  ) {
    this.#bytesPerMs = bytesPerFrame(order.format) / FRAME_MS;
  }

  async say(text: string): Promise<void> {
    while (this.#undeliveredMs > MOST_UNDELIVERED_MS && !this.isOver) {
      await this.#room.promise;
      this.#room = deferred<void>();
    }
    if (this.isOver || this.isEnded) return;
    this.said += text;
    if (this.voice.speaks) this.sounds(text);
  }

  flush(): void {
    this.flushes += 1;
  }

  end(): void {
    if (this.isOver) return;
    this.isEnded = true;
    if (this.voice.speaks || this.said === '') this.finishes();
  }

  cancel(): void {
    if (this.isOver) return;
    this.isCancelled = true;
    this.finishes();
  }

  get spoken(): AsyncIterable<Spoken> {
    return this.#read();
  }

  /** The words of the text, one after the other, and their sound. */
  sounds(text: string, msPerWord = this.voice.msPerWord): void {
    for (const word of text.split(/\s+/u).filter(Boolean)) {
      const startMs = this.#soundMs;
      this.times(word, startMs, startMs + msPerWord);
      this.sound(msPerWord);
    }
  }

  times(text: string, startMs: number, endMs: number): void {
    if (!this.isOver) this.#pieces.offer({ type: 'words', words: [{ text, startMs, endMs }] });
  }

  sound(durationMs: number): void {
    if (this.isOver) return;
    this.#soundMs += durationMs;
    this.#undeliveredMs += durationMs;
    const bytes = new Uint8Array(durationMs * this.#bytesPerMs).fill(0x10);
    this.#pieces.offer({ type: 'audio', bytes });
  }

  finishes(): void {
    this.#over();
    this.#pieces.close();
  }

  breaks(error: unknown): void {
    this.#over();
    this.#pieces.fail(error);
  }

  async *#read(): AsyncGenerator<Spoken, void, undefined> {
    try {
      for await (const piece of this.#pieces) {
        if (this.isCancelled) return;
        if (piece.type === 'audio') this.#delivered(piece.bytes.length / this.#bytesPerMs);
        yield piece;
      }
    } finally {
      this.cancel();
    }
  }

  #delivered(durationMs: number): void {
    this.#undeliveredMs -= durationMs;
    this.#room.resolve();
  }

  #over(): void {
    this.isOver = true;
    this.#room.resolve();
  }
}

export class FakeTextToSpeech extends TextToSpeech {
  readonly utterances: FakeSpeaking[] = [];
  readonly warmed: ProviderAccess[] = [];
  /** What the next openings end in, first come first served. */
  readonly failures: unknown[] = [];
  /** Openings that never end by themselves. */
  hangs = false;
  onOpen: (speaking: FakeSpeaking) => void = () => undefined;

  constructor(
    readonly provider = 'fake-tts',
    private readonly voice: FakeVoice = { speaks: true, msPerWord: 300 },
  ) {
    super();
  }

  get last(): FakeSpeaking {
    const speaking = this.utterances.at(-1);
    if (!speaking) throw new Error('nobody speaks');
    return speaking;
  }

  accepts(_format: AudioFormat): boolean {
    return true;
  }

  async open(order: SpeakingOrder, signal: AbortSignal): Promise<Speaking> {
    signal.throwIfAborted();
    if (this.hangs) await aborted(signal);
    if (this.failures.length > 0) throw this.failures.shift();
    const speaking = new FakeSpeaking(order, this.voice);
    this.utterances.push(speaking);
    signal.addEventListener('abort', () => speaking.cancel(), { once: true });
    this.onOpen(speaking);
    return speaking;
  }

  warm(access: ProviderAccess): Promise<void> {
    this.warmed.push(access);
    return Promise.resolve();
  }
}
