import { Channel, deferred, withDeadline, type Deferred } from '@trunkline/kernel';
import type { RawData, WebSocket } from 'ws';
import type { ConversationEvent } from '../../app/ports/speech-to-speech.js';
import { openSocket, type SocketOrder } from './open-socket.js';
import { parseJson } from './parse-json.js';
import { broken, unavailable } from './provider-error.js';
import { watchPulse } from './socket-pulse.js';

/** About 60 s of sound sent faster than it is played. */
const MAX_EVENTS = 4096;
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Five seconds of the caller's sound: what is older helps nobody. */
const MAX_SOUND_BACKLOG_BYTES = 262_144;
const MAX_BACKLOG_BYTES = 1_048_576;
const STEP_LIMIT_MS = 5000;

export interface LinkOptions {
  readonly provider: string;
  /** One message of the vendor, as JSON; what it throws ends the conversation. */
  readonly onMessage: (message: Readonly<Record<string, unknown>>) => void;
  /** What the vendor's close codes mean, where they mean more than "gone". */
  readonly closeError?: (code: number, reason: string) => Error | undefined;
}

/** The socket under a conversation and the events that come out of it. */
export class ConversationLink {
  readonly events = new Channel<ConversationEvent>({ capacity: MAX_EVENTS, whenFull: 'refuse' });
  readonly #options: LinkOptions;
  #socket: WebSocket | undefined;
  #isOver = false;
  #failure: unknown;
  readonly #arrived = new Set<string>();
  #awaited: { readonly step: string; readonly done: Deferred<void> } | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Opens the socket and takes the steps that make it a session; all of it or nothing. */
  async open(
    order: Omit<SocketOrder, 'attach' | 'maxMessageBytes'>,
    steps: () => Promise<void>,
  ): Promise<void> {
    const attach = (socket: WebSocket): void => this.#attach(socket);
    try {
      await openSocket({ ...order, attach, maxMessageBytes: MAX_MESSAGE_BYTES });
      await withDeadline(
        { limitMs: STEP_LIMIT_MS, code: 'provider.timeout', signal: order.signal },
        steps,
      );
    } catch (error) {
      this.fail(error);
      throw error;
    }
    order.signal.addEventListener('abort', () => this.close(), { once: true });
  }

  /** A step of opening that the vendor has confirmed. */
  arrived(step: string): void {
    this.#arrived.add(step);
    if (this.#awaited?.step === step) this.#awaited.done.resolve();
  }

  until(step: string): Promise<void> {
    if (this.#arrived.has(step)) return Promise.resolve();
    if (this.#isOver) return Promise.reject(this.#failure ?? unavailable(this.#options.provider));
    this.#awaited = { step, done: deferred<void>() };
    return this.#awaited.done.promise;
  }

  emit(event: ConversationEvent): void {
    if (this.#isOver || this.events.offer(event)) return;
    this.fail(broken(this.#options.provider, new Error('more events than anybody reads')));
  }

  /** Control messages have to arrive: a vendor that takes none is gone. */
  send(message: object): void {
    const socket = this.#socket;
    if (this.#isOver || socket?.readyState !== socket?.OPEN) return;
    if ((socket?.bufferedAmount ?? 0) > MAX_BACKLOG_BYTES) {
      return this.fail(unavailable(this.#options.provider));
    }
    socket?.send(JSON.stringify(message));
  }

  /** Of sound, the newest is dropped while too much waits. */
  sendSound(text: string): void {
    const socket = this.#socket;
    if (this.#isOver || !socket || socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount < MAX_SOUND_BACKLOG_BYTES) socket.send(text);
  }

  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = error;
    this.#awaited?.done.reject(error);
    this.events.fail(error);
    this.#socket?.terminate();
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.events.close();
    this.#socket?.close(1000);
  }

  #attach(socket: WebSocket): void {
    this.#socket = socket;
    watchPulse(socket);
    socket.on('message', (data) => this.#heard(data));
    socket.on('close', (code, reason) => this.#closed(code, reason.toString()));
  }

  #heard(data: RawData): void {
    if (this.#isOver) return;
    const message = parseJson(textOf(data));
    try {
      if (typeof message !== 'object' || message === null) throw broken(this.#options.provider);
      this.#options.onMessage(message as Readonly<Record<string, unknown>>);
    } catch (error) {
      this.fail(error);
    }
  }

  #closed(code: number, reason: string): void {
    const { provider, closeError } = this.#options;
    const cause = new Error(`closed with ${code}`);
    this.fail(closeError?.(code, reason) ?? unavailable(provider, cause));
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
