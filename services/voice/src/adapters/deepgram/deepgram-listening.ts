import { AppError, Channel } from '@trunkline/kernel';
import { WebSocket, type RawData } from 'ws';
import { monotonicClock } from '../../app/failover/monotonic-clock.js';
import {
  bytesPerFrame,
  FRAME_MS,
  type Heard,
  type Listening,
  type ListeningOrder,
} from '../../app/ports/index.js';
import { broken, timedOut, unavailable } from '../connections/provider-error.js';
import type { Dialect, MessageReader } from './dialect.js';
import { InsertedSilence } from './inserted-silence.js';

export interface KeepAliveTiming {
  /** How often a session looks whether its line still sends. */
  readonly checkMs: number;
  /** Nothing sent for so long: say that we are still there. */
  readonly afterMs: number;
}

/** More unsent sound than this means that the vendor no longer reads. */
const MOST_UNSENT_MS = 10_000;
/** A call has a few messages a second; a reader this far behind has left. */
const MOST_UNREAD = 1000;
const CLOSE_LIMIT_MS = 2000;
const { OPEN } = WebSocket;
const silentBytes = { mulaw: 0xff, alaw: 0xd5, pcm16le: 0 } as const;
const binary = { binary: true } as const;
const text = { binary: false } as const;

/** One WebSocket session, from the handshake to its end. */
export class DeepgramListening implements Listening {
  readonly #dialect: Dialect;
  readonly #timing: KeepAliveTiming;
  readonly #reader: MessageReader;
  readonly #bytesPerMs: number;
  readonly #silence: Uint8Array;
  readonly #inserted = new InsertedSilence();
  readonly #heard = new Channel<Heard>({ capacity: MOST_UNREAD, whenFull: 'refuse' });
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #sentBytes = 0;
  #lastSentAtMs = monotonicClock.nowMs();
  #lastMessageAtMs = monotonicClock.nowMs();

  constructor(order: ListeningOrder, dialect: Dialect, timing: KeepAliveTiming) {
    this.#dialect = dialect;
    this.#timing = timing;
    this.#reader = dialect.reader(this.#inserted.toLineMs);
    this.#bytesPerMs = bytesPerFrame(order.format) / FRAME_MS;
    const silence = new Uint8Array(this.#bytesPerMs * timing.afterMs);
    this.#silence = silence.fill(silentBytes[order.format.encoding]);
  }

  get heard(): AsyncIterable<Heard> {
    return this.#heard;
  }

  get lastMessageAtMs(): number {
    return this.#lastMessageAtMs;
  }

  /** Before the handshake: nothing the vendor says may be missed. */
  readonly attach = (socket: WebSocket): void => {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => this.#received(data, isBinary));
    socket.once('close', (code, reason) => this.#fail(errorOfClose(code, reason)));
  };

  opened(): void {
    this.#lastSentAtMs = monotonicClock.nowMs();
    this.#timer = setInterval(() => this.#keepAlive(), this.#timing.checkMs);
  }

  send(frame: Uint8Array): void {
    const socket = this.#openSocket();
    if (!socket) return;
    if (socket.bufferedAmount > MOST_UNSENT_MS * this.#bytesPerMs) {
      return this.#fail(timedOut('deepgram', 'reading'));
    }
    socket.send(frame, binary);
    this.#sentBytes += frame.byteLength;
    this.#lastSentAtMs = monotonicClock.nowMs();
  }

  finalize(): void {
    this.#say(this.#dialect.finalize);
  }

  close(): void {
    if (this.#isOver) return;
    this.#say('{"type":"CloseStream"}');
    this.#end();
    this.#heard.close();
    const socket = this.#socket;
    socket?.close(1000);
    const cut = setTimeout(() => socket?.terminate(), CLOSE_LIMIT_MS);
    socket?.once('close', () => clearTimeout(cut));
  }

  #say(message: string): void {
    this.#openSocket()?.send(message, text);
  }

  /** Until the handshake is done and after the end there is nobody to talk to. */
  #openSocket(): WebSocket | undefined {
    return !this.#isOver && this.#socket?.readyState === OPEN ? this.#socket : undefined;
  }

  #received(data: RawData, isBinary: boolean): void {
    if (this.#isOver) return;
    this.#lastMessageAtMs = monotonicClock.nowMs();
    if (isBinary) return this.#fail(broken('deepgram'));
    const reading = this.#reader.read(data.toString());
    if (reading instanceof AppError) return this.#fail(reading);
    for (const heard of reading) {
      if (!this.#heard.offer(heard)) this.#fail(timedOut('deepgram', 'its reader'));
    }
  }

  /** The vendor closes after 10 s without sound, and a turn only ends while sound flows. */
  #keepAlive(): void {
    const nowMs = monotonicClock.nowMs();
    const { afterMs } = this.#timing;
    if (nowMs - this.#lastSentAtMs < afterMs) return;
    if (this.#dialect.keepAlive === null) {
      this.#inserted.add(this.#sentBytes / this.#bytesPerMs, afterMs);
      this.send(this.#silence);
    } else {
      this.#say(this.#dialect.keepAlive);
      this.#lastSentAtMs = nowMs;
    }
  }

  #fail(error: AppError): void {
    if (this.#isOver) return;
    this.#end();
    this.#heard.fail(error);
    this.#socket?.terminate();
  }

  #end(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
  }
}

/** Reasons begin with a short code (`NET-0001`); the prose after it is nobody's business. */
function errorOfClose(status: number, reason: Buffer): AppError {
  const vendorCode = /^[A-Z]+-\d+/.exec(reason.toString())?.[0];
  const details = { provider: 'deepgram', closeCode: status, ...(vendorCode && { vendorCode }) };
  if (status === 1008) return new AppError('provider.refused', { details });
  if ([1002, 1003, 1007, 1009].includes(status)) {
    return new AppError('provider.broken', { retryable: true, details });
  }
  const { retryable, code } = unavailable('deepgram');
  return new AppError(code, { retryable, details });
}
