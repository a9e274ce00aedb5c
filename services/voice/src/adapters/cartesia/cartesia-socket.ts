import { randomUUID } from 'node:crypto';
import type { Clock } from '@trunkline/kernel';
import { WebSocket, type RawData } from 'ws';
import type { ProviderAccess, SpeakingOrder } from '../../app/ports/index.js';
import { openSocket } from '../connections/open-socket.js';
import { broken, unavailable } from '../connections/provider-error.js';
import { watchPulse } from '../connections/socket-pulse.js';
import { readMessage, type CartesiaMessage } from './cartesia-messages.js';
import { CartesiaSpeaking, type ContextWire } from './cartesia-speaking.js';

const API_VERSION = '2025-04-16';
/** Of one socket; what the vendor allows and what one lost connection may take with it. */
export const MOST_CONTEXTS = 16;
/** A second of 24 kHz sound in base64 is 64 KB; a message is never more than a few. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** A caller waits for a voice in silence: sooner than this another one has to be asked. */
const CONNECT_LIMIT_MS = 2500;
/** Text is small: so much of it unsent means that nobody reads any more. */
const MOST_UNSENT_BYTES = 256 * 1024;

/** One connection and the utterances that share it. */
export class CartesiaSocket implements ContextWire {
  readonly #contexts = new Map<string, CartesiaSpeaking>();
  #socket: WebSocket | undefined;
  readonly #clock: Clock;
  #idleSinceMs: number;

  private constructor(clock: Clock) {
    this.#clock = clock;
    this.#idleSinceMs = clock.nowMs();
  }

  static async open(
    access: ProviderAccess,
    signal: AbortSignal,
    clock: Clock,
  ): Promise<CartesiaSocket> {
    const opening = new CartesiaSocket(clock);
    const socket = await openSocket({
      access,
      path: '/tts/websocket',
      headers: { 'x-api-key': access.apiKey, 'cartesia-version': API_VERSION },
      maxMessageBytes: MAX_MESSAGE_BYTES,
      connectLimitMs: CONNECT_LIMIT_MS,
      signal,
      attach: opening.#attach,
    });
    watchPulse(socket);
    return opening;
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  get load(): number {
    return this.#contexts.size;
  }

  get hasRoom(): boolean {
    return this.isOpen && this.load < MOST_CONTEXTS;
  }

  idleMs(nowMs: number): number {
    return this.load > 0 ? 0 : nowMs - this.#idleSinceMs;
  }

  speak(order: SpeakingOrder): CartesiaSpeaking {
    const contextId = randomUUID();
    const speaking = new CartesiaSpeaking(contextId, order, this);
    this.#contexts.set(contextId, speaking);
    return speaking;
  }

  send(message: string): void {
    if (!this.isOpen || !this.#socket) return;
    if (this.#socket.bufferedAmount > MOST_UNSENT_BYTES) this.#socket.terminate();
    else this.#socket.send(message);
  }

  leave(contextId: string): void {
    this.#contexts.delete(contextId);
    this.#idleSinceMs = this.#clock.nowMs();
  }

  close(): void {
    this.#socket?.close(1000);
  }

  onClose(listener: () => void): void {
    this.#socket?.once('close', listener);
  }

  readonly #attach = (socket: WebSocket): void => {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => this.#received(data, isBinary));
    socket.once('close', () => this.#failAll());
  };

  /** Only its own contexts: whoever speaks through another socket hears nothing of it. */
  #failAll(): void {
    for (const speaking of [...this.#contexts.values()]) speaking.fail(unavailable('cartesia'));
  }

  #received(data: RawData, isBinary: boolean): void {
    const message = isBinary ? undefined : readMessage(data.toString());
    if (message) return this.#dispatch(message);
    for (const speaking of [...this.#contexts.values()]) speaking.fail(broken('cartesia'));
    this.#socket?.terminate();
  }

  #dispatch(message: CartesiaMessage): void {
    if (message.type === 'other') return;
    if (message.type === 'error') return this.#failed(message);
    // Late sound of a context that was cancelled has nobody to go to.
    const speaking = this.#contexts.get(message.contextId);
    if (message.type === 'sound') speaking?.heardSound(message.base64);
    else if (message.type === 'words') speaking?.heardWords(message.words);
    else speaking?.done();
  }

  #failed({ contextId, error }: Extract<CartesiaMessage, { type: 'error' }>): void {
    if (contextId !== undefined) return this.#contexts.get(contextId)?.fail(error);
    for (const speaking of [...this.#contexts.values()]) speaking.fail(error);
  }
}
