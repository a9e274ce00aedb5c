import { Channel, deferred, type AppError, type Deferred } from '@trunkline/kernel';
import {
  bytesPerFrame,
  FRAME_MS,
  type Speaking,
  type SpeakingOrder,
  type Spoken,
  type Word,
} from '../../app/ports/index.js';
import { timedOut } from '../connections/provider-error.js';
import { ContextScript } from './cartesia-messages.js';
import { FirstWords } from './first-words.js';

/** So much sound may wait for its listener; more text would only add to it. */
const MOST_UNDELIVERED_MS = 30_000;
/** The vendor's slowest first byte is a third of this. */
const SILENT_LIMIT_MS = 2500;
/** Of pieces: 30 s in pieces of 20 ms, with room for the words between them. */
const MOST_PIECES = 4000;

/** The socket as one of its contexts sees it. */
export interface ContextWire {
  send(message: string): void;
  /** Nothing more of this context is of interest. */
  leave(contextId: string): void;
}

/** One utterance: one context on a socket shared with others. */
export class CartesiaSpeaking implements Speaking {
  readonly #contextId: string;
  readonly #wire: ContextWire;
  readonly #script: ContextScript;
  readonly #firstWords = new FirstWords();
  readonly #bytesPerMs: number;
  readonly #pieces = new Channel<Spoken>({ capacity: MOST_PIECES, whenFull: 'refuse' });
  #room: Deferred<void> | undefined;
  #undeliveredBytes = 0;
  #hasSpoken = false;
  #isEnded = false;
  #isOver = false;
  #isCancelled = false;
  #silence: NodeJS.Timeout | undefined;
  /** Called once, when nothing more happens here. */
  onOver: () => void = () => undefined;

  constructor(contextId: string, order: SpeakingOrder, wire: ContextWire) {
    this.#contextId = contextId;
    this.#wire = wire;
    this.#script = new ContextScript(contextId, order);
    this.#bytesPerMs = bytesPerFrame(order.format) / FRAME_MS;
  }

  async say(text: string): Promise<void> {
    while (this.#undeliveredMs > MOST_UNDELIVERED_MS && !this.#isOver) {
      this.#room ??= deferred<void>();
      await this.#room.promise;
    }
    if (text === '' || this.#isOver || this.#isEnded) return;
    const helping = this.#firstWords.push(text);
    if (!helping) return this.#send(this.#script.text(text, { flush: false }));
    // A flush is a message of its own: the vendor wants its transcript empty.
    if (helping.now !== '') this.#send(this.#script.text(helping.now, { flush: false }));
    this.#send(this.#script.text('', { flush: true }));
    if (helping.later !== '') this.#send(this.#script.text(helping.later, { flush: false }));
  }

  flush(): void {
    if (this.#hasSpoken && !this.#isEnded) this.#send(this.#script.text('', { flush: true }));
  }

  end(): void {
    if (this.#isOver || this.#isEnded) return;
    if (this.#hasSpoken) this.#send(this.#script.end());
    else this.done();
    this.#isEnded = true;
  }

  cancel(): void {
    this.#isCancelled = true;
    if (this.#isOver) return;
    if (this.#hasSpoken) this.#wire.send(this.#script.cancel());
    this.#over();
    this.#pieces.close();
  }

  get spoken(): AsyncIterable<Spoken> {
    return this.#read();
  }

  heardSound(base64: string): void {
    const bytes = Buffer.from(base64, 'base64');
    this.#undeliveredBytes += bytes.length;
    this.#take({ type: 'audio', bytes });
    if (this.#isEnded) this.#silence?.refresh();
    else this.#stopWaiting();
  }

  heardWords(words: readonly Word[]): void {
    if (words.length > 0) this.#take({ type: 'words', words });
  }

  done(): void {
    if (this.#isOver) return;
    this.#over();
    this.#pieces.close();
  }

  fail(error: AppError): void {
    if (this.#isOver) return;
    this.#over();
    this.#pieces.fail(error);
  }

  async *#read(): AsyncGenerator<Spoken, void, undefined> {
    try {
      for await (const piece of this.#pieces) {
        if (this.#isCancelled) return;
        if (piece.type === 'audio') this.#delivered(piece.bytes.length);
        yield piece;
      }
    } finally {
      this.cancel();
    }
  }

  #take(piece: Spoken): void {
    if (!this.#pieces.offer(piece)) this.#giveUp('its listener');
  }

  #delivered(bytes: number): void {
    this.#undeliveredBytes -= bytes;
    if (this.#undeliveredMs <= MOST_UNDELIVERED_MS) this.#letIn();
  }

  get #undeliveredMs(): number {
    return this.#undeliveredBytes / this.#bytesPerMs;
  }

  #letIn(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #send(message: string): void {
    this.#hasSpoken = true;
    this.#wire.send(message);
    if (!this.#isOver) this.#silence ??= setTimeout(() => this.#giveUp('sound'), SILENT_LIMIT_MS);
  }

  #stopWaiting(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  #giveUp(waitedFor: string): void {
    this.#wire.send(this.#script.cancel());
    this.fail(timedOut('cartesia', waitedFor));
  }

  #over(): void {
    this.#isOver = true;
    this.#stopWaiting();
    this.#letIn();
    this.#wire.leave(this.#contextId);
    this.onOver();
  }
}
