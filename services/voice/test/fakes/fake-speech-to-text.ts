import { Channel, deferred } from '@trunkline/kernel';
import { monotonicClock } from '../../src/app/failover/monotonic-clock.js';
import {
  SpeechToText,
  type AudioFormat,
  type Heard,
  type Listening,
  type ListeningOrder,
} from '../../src/app/ports/index.js';

/** A session that hears what a spec says it hears. */
export class FakeListening implements Listening {
  readonly #heard = new Channel<Heard>({ capacity: 1000, whenFull: 'refuse' });
  readonly frames: Uint8Array[] = [];
  finalized = 0;
  isClosed = false;
  lastMessageAtMs = monotonicClock.nowMs();

  constructor(readonly order: ListeningOrder) {}

  get heard(): AsyncIterable<Heard> {
    return this.#heard;
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.frames);
  }

  send(frame: Uint8Array): void {
    // Copied, as a wire would: the sender may use its buffer again.
    if (!this.isClosed) this.frames.push(Uint8Array.from(frame));
  }

  finalize(): void {
    this.finalized += 1;
  }

  close(): void {
    this.isClosed = true;
    this.#heard.close();
  }

  hears(...heard: readonly Heard[]): void {
    this.lastMessageAtMs = monotonicClock.nowMs();
    for (const one of heard) this.#heard.offer(one);
  }

  /** The whole of one turn, as a model that ends turns tells it. */
  hearsTurn(text: string, untilMs: number, confidence = 0.9): void {
    const texts = text.split(' ');
    const words = texts.map((word, n) => ({
      text: word,
      startMs: Math.round((untilMs * n) / texts.length),
      endMs: Math.round((untilMs * (n + 1)) / texts.length),
    }));
    const alternatives = [{ text, confidence }];
    this.hears(
      { type: 'speech-started' },
      { type: 'partial', text },
      { type: 'turn-ended', text, words, confidence, alternatives, untilMs, language: null },
    );
  }

  breaks(error: unknown): void {
    this.isClosed = true;
    this.#heard.fail(error);
  }
}

export class FakeSpeechToText extends SpeechToText {
  readonly sessions: FakeListening[] = [];
  /** What the next openings end in, first come first served. */
  readonly failures: unknown[] = [];
  /** Openings last until they are released. */
  hangs = false;
  onOpen: (session: FakeListening) => void = () => undefined;
  readonly #released = deferred<void>();

  constructor(readonly provider = 'fake-stt') {
    super();
  }

  get last(): FakeListening {
    const session = this.sessions.at(-1);
    if (!session) throw new Error('nobody listens');
    return session;
  }

  release(): void {
    this.#released.resolve();
  }

  accepts(_format: AudioFormat): boolean {
    return true;
  }

  async open(order: ListeningOrder, signal: AbortSignal): Promise<Listening> {
    signal.throwIfAborted();
    if (this.hangs) await Promise.race([this.#released.promise, aborted(signal)]);
    if (this.failures.length > 0) throw this.failures.shift();
    const listening = new FakeListening(order);
    this.sessions.push(listening);
    this.onOpen(listening);
    signal.addEventListener('abort', () => listening.close(), { once: true });
    return listening;
  }
}

export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
