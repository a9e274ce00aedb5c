import type { Duplex } from 'node:stream';
import type { MalformedReason, MediaMessage, MediaSession, Outbound } from '@trunkline/telephony';
import type { RawData, WebSocket } from 'ws';
import { closeCodes, type CloseReason } from './close-codes.js';
import { RateBucket } from './rate-bucket.js';

export interface WireLimits {
  /** Of what a slow reader has not taken, beyond what the kernel holds. */
  readonly maxBufferedBytes: number;
  readonly maxStuckMs: number;
  readonly maxSilentMs: number;
  readonly pingEveryMs: number;
  /** Between the close frame and cutting the line. */
  readonly closeLimitMs: number;
}

export const wireLimits: WireLimits = {
  maxBufferedBytes: 128 * 1024,
  maxStuckMs: 5000,
  maxSilentMs: 30_000,
  pingEveryMs: 10_000,
  closeLimitMs: 2000,
};

export interface MediaWireParts {
  readonly socket: WebSocket;
  /** What `socket` runs over. */
  readonly stream: Pick<Duplex, 'cork' | 'uncork'>;
  readonly session: MediaSession;
  readonly nowMs: () => number;
  readonly limits: WireLimits;
  /** Once for each wire that we close for a fault of theirs. */
  readonly refused: (why: CloseReason) => void;
}

/** Whoever has the wire: first the porter who asks for a token, then the line. */
export interface WireSink {
  message(message: MediaMessage): void;
  closed(code: number): void;
}

/** Four times what a call sends, and what piles up while a network is away. */
const messagesPerSecond = 200;
const messageBurst = 1000;
const malformedPerSecond = 1;
const malformedBurst = 25;

/**
 * One audio socket, whoever is behind it. Bounded in everything: how much a slow reader may leave
 * lying, how long it may be silent, how much nonsense and how many messages it may send.
 */
export class MediaWire {
  readonly #parts: MediaWireParts;
  readonly #messages = new RateBucket(messagesPerSecond, messageBurst);
  readonly #nonsense = new RateBucket(malformedPerSecond, malformedBurst);
  #sink: WireSink | null = null;
  #isClosing = false;
  #lastHeardMs: number;
  #lastPingMs: number;
  #lastEmptyMs: number;
  #cut: NodeJS.Timeout | undefined;

  constructor(parts: MediaWireParts) {
    this.#parts = parts;
    const nowMs = parts.nowMs();
    [this.#lastHeardMs, this.#lastPingMs, this.#lastEmptyMs] = [nowMs, nowMs, nowMs];
    const { socket } = parts;
    socket.on('message', (data, isBinary) => this.#received(data, isBinary));
    socket.on('pong', () => (this.#lastHeardMs = parts.nowMs()));
    // What went wrong shows in the close that follows.
    socket.on('error', (error) => this.#broke(error));
    socket.on('close', (code) => this.#closed(code));
  }

  /** From now on the sink is told; who had the wire before is not. */
  handTo(sink: WireSink): void {
    this.#sink = sink;
  }

  get isOpen(): boolean {
    return !this.#isClosing && this.#parts.socket.readyState === this.#parts.socket.OPEN;
  }

  /** Never waits; a reader too slow for a call loses it. */
  send(message: Outbound): void {
    const { limits, session, socket } = this.#parts;
    if (!this.isOpen) return;
    const text = session.encode(message);
    if (text === null) return;
    if (socket.bufferedAmount > limits.maxBufferedBytes) return this.close('too-slow');
    socket.send(text);
  }

  cork(): void {
    this.#parts.stream.cork();
  }

  uncork(): void {
    this.#parts.stream.uncork();
  }

  close(why: CloseReason): void {
    const { limits, refused, socket } = this.#parts;
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (why !== 'over') refused(why);
    socket.close(closeCodes[why], why);
    this.#cut = setTimeout(() => socket.terminate(), limits.closeLimitMs);
  }

  silentMs(nowMs: number): number {
    return nowMs - this.#lastHeardMs;
  }

  /** It is dead: nobody is told, and nobody reads a goodbye. */
  abandon(): void {
    this.#isClosing = true;
    this.#sink = null;
    this.#parts.socket.terminate();
  }

  /** Looks after the wire, about once a second. */
  check(nowMs: number): void {
    const { limits, socket } = this.#parts;
    if (!this.isOpen) return;
    if (socket.bufferedAmount === 0) this.#lastEmptyMs = nowMs;
    if (nowMs - this.#lastEmptyMs > limits.maxStuckMs) return this.close('too-slow');
    // A peer that is gone does not read our close frame either.
    if (nowMs - this.#lastHeardMs > limits.maxSilentMs) return socket.terminate();
    if (nowMs - this.#lastPingMs < limits.pingEveryMs) return;
    this.#lastPingMs = nowMs;
    socket.ping();
  }

  #received(data: RawData, isBinary: boolean): void {
    if (this.#isClosing) return;
    const nowMs = this.#parts.nowMs();
    this.#lastHeardMs = nowMs;
    if (!this.#messages.take(nowMs)) return this.close('flood');
    const bytes = data as Buffer;
    const messages = this.#parts.session.decode(isBinary ? bytes : bytes.toString('utf8'));
    for (const message of messages) {
      if (message.type === 'malformed' && this.#refuses(message.reason, nowMs)) return;
      this.#sink?.message(message);
    }
  }

  /** One bad frame is dropped; what shows that nobody there speaks our protocol is not borne. */
  #refuses(reason: MalformedReason, nowMs: number): boolean {
    const why = fatal[reason] ?? (this.#nonsense.take(nowMs) ? null : 'flood');
    if (why !== null) this.close(why);
    return why !== null;
  }

  /** Where `ws` itself refuses: a message beyond `maxPayload`, text that is no UTF-8. */
  #broke(error: Error & { readonly code?: string }): void {
    if (this.#isClosing) return;
    const isTooLong = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    if (error.code?.startsWith('WS_ERR_') === true) {
      this.#parts.refused(isTooLong ? 'too-long' : 'bad-message');
    }
  }

  #closed(code: number): void {
    this.#isClosing = true;
    clearTimeout(this.#cut);
    this.#sink?.closed(code);
    this.#sink = null;
  }
}

const fatal: Readonly<Partial<Record<MalformedReason, CloseReason>>> = {
  'too-long': 'too-long',
  'wrong-codec': 'wrong-codec',
  'before-start': 'bad-message',
  'second-start': 'bad-message',
};
