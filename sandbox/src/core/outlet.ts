import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { FaultFor, streamFaults } from './faults.js';

export type StreamFault = FaultFor<(typeof streamFaults)[number]>;

/** A caller that does not read is cut off; the real ones do the same. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

/** Sends a socket's messages, acting out the fault ordered for it. */
export class Outlet {
  readonly #socket: WebSocket;
  readonly #fault: StreamFault | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();
  #sent = 0;
  #held: string | Buffer | undefined;

  constructor(socket: WebSocket, fault?: StreamFault) {
    this.#socket = socket;
    this.#fault = fault;
    socket.once('close', () => this.#timers.forEach((timer) => clearTimeout(timer)));
    if (fault?.kind === 'die-in-middle' && fault.afterMs !== undefined) {
      this.#later(fault.afterMs, () => socket.terminate());
    }
  }

  send(data: string | Buffer): void {
    const fault = this.#fault;
    switch (fault?.kind) {
      case undefined:
        return this.#write(data);
      case 'twice':
        this.#write(data);
        return this.#write(data);
      case 'late':
        return this.#later(fault.delayMs, () => this.#write(data));
      case 'out-of-order':
        return this.#swap(data);
      case 'stall-in-middle':
        return this.#sent < fault.afterMessages ? this.#write(data) : undefined;
      case 'die-in-middle':
        return this.#dieAfter(data, fault.afterMessages ?? Infinity);
    }
  }

  /** Closes after what is still to be sent; a held message goes first. Without a code: 1005. */
  close(code?: number, reason = ''): void {
    if (this.#held !== undefined) this.#write(this.#held);
    this.#held = undefined;
    if (this.#fault?.kind !== 'late') return this.#socket.close(code, reason);
    this.#later(this.#fault.delayMs, () => this.#socket.close(code, reason));
  }

  #dieAfter(data: string | Buffer, limit: number): void {
    if (this.#sent < limit) this.#write(data);
    if (this.#sent >= limit) this.#socket.terminate();
  }

  #swap(data: string | Buffer): void {
    if (this.#held === undefined) {
      this.#held = data;
      return;
    }
    this.#write(data);
    this.#write(this.#held);
    this.#held = undefined;
  }

  #write(data: string | Buffer): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) return socket.terminate();
    this.#sent += 1;
    socket.send(data);
  }

  #later(afterMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, afterMs);
    this.#timers.add(timer);
  }
}

/** Waits, but not for a caller who has gone. False: gone. */
export async function waited(delayMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(delayMs, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
