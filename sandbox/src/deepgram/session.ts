import type { RawData, WebSocket } from 'ws';
import type { Stamps } from '../core/stamps.js';
import type { Outlet } from '../core/outlet.js';
import type { Hearing } from '../speech/hearing.js';
import type { DeepgramSettings } from './settings.js';

/** What one socket of either version works with. */
export interface Session {
  readonly requestId: string;
  readonly socket: WebSocket;
  readonly outlet: Outlet;
  readonly hearing: Hearing;
  readonly settings: DeepgramSettings;
  readonly stamps: Stamps;
}

export const provider = 'deepgram';

/** Tells in the order of hearing, each so much later. */
export class LaggedVoice {
  readonly #outlet: Outlet;
  readonly #lagMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor({ socket, outlet, settings }: Session) {
    this.#outlet = outlet;
    this.#lagMs = settings.lagMs;
    socket.once('close', () => this.#timers.forEach((timer) => clearTimeout(timer)));
  }

  tell(message: object, onTold?: () => void): void {
    this.#later(() => {
      this.#outlet.send(JSON.stringify(message));
      onTold?.();
    });
  }

  close(code?: number, reason?: string): void {
    this.#later(() => this.#outlet.close(code, reason));
  }

  /** Timers of one length fire in the order they were set. */
  #later(act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, this.#lagMs);
    this.#timers.add(timer);
  }
}

export function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** `undefined`: not a JSON object with a type. */
export function messageIn(data: RawData): ({ readonly type: string } & object) | undefined {
  try {
    const message: unknown = JSON.parse(bytesOf(data).toString('utf8'));
    const isTyped = typeof message === 'object' && message !== null && 'type' in message;
    return isTyped ? (message as { readonly type: string }) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
