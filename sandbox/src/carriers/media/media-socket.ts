import { performance } from 'node:perf_hooks';
import { WebSocket, type RawData } from 'ws';
import type { Frame } from '../../phone/frames.js';
import type { Headers } from '../signing.js';
import type { Leg, Link } from './leg.js';
import type { FromPlatform, Wire } from './wire.js';

/** protocols.md §1.6: how a real carrier's socket misbehaves. */
export interface SocketFaults {
  readonly closeWithoutStop?: boolean;
  readonly marksNeverEchoed?: boolean;
  readonly outOfOrder?: boolean;
  readonly jitterMs?: number;
  readonly dropAfterMs?: number;
  readonly twice?: boolean;
}

export interface SocketEnd {
  /** `refused`: it never opened, with the status of the answer. */
  readonly by: 'platform' | 'carrier' | 'dropped' | 'refused';
  readonly code: number;
  readonly reason: string;
}

export interface SocketOptions {
  readonly url: string;
  readonly headers: Headers;
  readonly protocols?: readonly string[];
  readonly wire: Wire;
  readonly faults: SocketFaults;
  /** What the platform did that is worth a line in the call's notes. */
  readonly note: (what: string) => void;
  /** Tones that the platform plays to the person. */
  readonly onDigits: (digits: string) => void;
}

const HANDSHAKE_MS = 5_000;
const CLOSE_MS = 1_000;
const MAX_MESSAGE_BYTES = 512 * 1024;
/** A platform that does not read is cut off, as the carriers do. */
const MAX_UNSENT_BYTES = 1024 * 1024;

/** A carrier's side of one audio socket. */
export class MediaSocket implements Link {
  readonly ended: Promise<SocketEnd>;
  readonly #options: SocketOptions;
  readonly #socket: WebSocket;
  readonly #timers = new Set<NodeJS.Timeout>();
  #settle: (end: SocketEnd) => void = () => undefined;
  #leg: Leg | undefined;
  #lastDueMs = 0;
  #held: string | undefined;
  #endedBy: SocketEnd['by'] = 'refused';
  #status = 0;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.ended = new Promise((settle) => {
      this.#settle = settle;
    });
    this.#socket = new WebSocket(options.url, [...(options.protocols ?? [])], {
      headers: options.headers,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: HANDSHAKE_MS,
    });
    this.#socket.on('message', (data, isBinary) => this.#read(data, isBinary));
    this.#socket.on('error', (error) => options.note(`socket: ${error.message}`));
    this.#socket.on('close', (code, reason) => this.#closed(code, String(reason)));
  }

  /** Whether it opened; until `start` no audio flows. */
  async opened(): Promise<boolean> {
    const isOpen = await new Promise<boolean>((settle) => {
      this.#socket.once('open', () => settle(true));
      this.#socket.once('close', () => settle(false));
      this.#socket.once('unexpected-response', (request, response) => {
        this.#status = response.statusCode ?? 0;
        request.destroy();
        settle(false);
      });
    });
    if (isOpen) {
      this.#endedBy = 'platform';
      this.#send(this.#options.wire.connected());
    } else {
      this.#settle({ by: 'refused', code: this.#status, reason: 'not opened' });
    }
    return isOpen;
  }

  start(leg: Leg): void {
    this.#leg = leg;
    this.#send(this.#options.wire.start());
    leg.attach(this);
    const { dropAfterMs } = this.#options.faults;
    if (dropAfterMs !== undefined) this.#later(dropAfterMs, () => this.drop());
  }

  say(frame: Frame): void {
    const { jitterMs, outOfOrder, twice } = this.#options.faults;
    const message = this.#options.wire.audio(frame);
    if (jitterMs !== undefined) this.#sendLate(message, jitterMs);
    else if (outOfOrder) this.#swap(message);
    else this.#send(message);
    if (twice) this.#send(message);
  }

  press(digit: string): void {
    this.#send(this.#options.wire.dtmf(digit));
  }

  markPlayed(name: string): void {
    if (!this.#options.faults.marksNeverEchoed) this.#send(this.#options.wire.markPlayed(name));
  }

  /** The call is over, or goes on with other verbs. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#endedBy = 'carrier';
      // A call that was never answered has not begun to stream.
      const isStopped = this.#leg && !this.#options.faults.closeWithoutStop;
      if (isStopped) this.#send(this.#options.wire.stop());
      this.#socket.close(1000);
      this.#later(CLOSE_MS, () => this.#socket.terminate());
    } else if (this.#socket.readyState === WebSocket.CONNECTING) {
      this.#socket.terminate();
    }
    await this.ended;
  }

  /** As a broken network does it. */
  drop(): void {
    this.#endedBy = 'dropped';
    this.#socket.terminate();
  }

  #read(data: RawData, isBinary: boolean): void {
    if (isBinary || !this.#leg) {
      this.#options.note(isBinary ? 'binary message' : 'message before start');
      return;
    }
    this.#obey(this.#options.wire.read(String(data)), this.#leg);
  }

  #obey(message: FromPlatform, leg: Leg): void {
    const { wire, faults, note } = this.#options;
    switch (message.type) {
      case 'audio':
        leg.play(message.bytes);
        break;
      case 'mark':
        leg.mark(message.name);
        break;
      case 'clear': {
        const pending = leg.clear();
        const echoes = wire.cleared(faults.marksNeverEchoed ? [] : pending);
        for (const echo of echoes) this.#send(echo);
        break;
      }
      case 'stop':
        this.#socket.close(1000);
        break;
      case 'dtmf':
        this.#options.onDigits(message.digits);
        break;
      case 'bad':
        note(message.why);
        this.#send(wire.complain(message.why));
        break;
    }
  }

  #send(message: string | undefined): void {
    if (message === undefined || this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) this.drop();
    else this.#socket.send(message);
  }

  /** Late by up to `jitterMs`, but in order. */
  #sendLate(message: string, jitterMs: number): void {
    const nowMs = performance.now();
    this.#lastDueMs = Math.max(this.#lastDueMs, nowMs + Math.random() * jitterMs);
    this.#later(this.#lastDueMs - nowMs, () => this.#send(message));
  }

  #swap(message: string): void {
    if (this.#held === undefined) {
      this.#held = message;
      return;
    }
    this.#send(message);
    this.#send(this.#held);
    this.#held = undefined;
  }

  #later(delayMs: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, delayMs);
    this.#timers.add(timer);
  }

  #closed(code: number, reason: string): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#leg?.detach(this);
    this.#settle({ by: this.#endedBy, code, reason });
  }
}
