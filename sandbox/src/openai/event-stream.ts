import type { ServerResponse } from 'node:http';
import type { StreamFault } from '../core/outlet.js';

/** A response of server-sent events, acting out the fault ordered for it. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #fault: StreamFault | undefined;
  #sent = 0;
  #held: string | undefined;
  #ended = false;

  constructor(response: ServerResponse, fault?: StreamFault) {
    this.#response = response;
    this.#fault = fault;
    if (fault?.kind === 'die-in-middle' && fault.afterMs !== undefined) {
      const timer = setTimeout(() => this.#die(), fault.afterMs);
      response.once('close', () => clearTimeout(timer));
    }
  }

  open(headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      ...headers,
    });
  }

  send(frame: string): void {
    const fault = this.#fault;
    switch (fault?.kind) {
      case undefined:
        return this.#write(frame);
      case 'twice':
        this.#write(frame);
        return this.#write(frame);
      case 'late':
        return this.#later(fault.delayMs, () => this.#write(frame));
      case 'out-of-order':
        return this.#swap(frame);
      case 'stall-in-middle':
        return this.#sent < fault.afterMessages ? this.#write(frame) : undefined;
      case 'die-in-middle':
        return this.#dieAfter(frame, fault.afterMessages ?? Infinity);
    }
  }

  end(): void {
    const fault = this.#fault;
    if (this.#held !== undefined) this.#write(this.#held);
    if (fault?.kind === 'stall-in-middle' && this.#sent >= fault.afterMessages) return;
    this.#ended = true;
    if (fault?.kind === 'late') this.#later(fault.delayMs, () => this.#response.end());
    else this.#response.end();
  }

  /** Until the end was sent or the ordered death came: closed now, the caller went away. */
  get isOpen(): boolean {
    return !this.#ended;
  }

  #dieAfter(frame: string, limit: number): void {
    if (this.#sent < limit) this.#write(frame);
    // What was written must reach the caller before the break does.
    if (this.#sent >= limit) setImmediate(() => this.#die());
  }

  #die(): void {
    this.#ended = true;
    this.#response.destroy();
  }

  #swap(frame: string): void {
    if (this.#held === undefined) {
      this.#held = frame;
      return;
    }
    this.#write(frame);
    this.#write(this.#held);
    this.#held = undefined;
  }

  #write(frame: string): void {
    if (this.#response.destroyed) return;
    this.#sent += 1;
    this.#response.write(frame);
  }

  #later(afterMs: number, act: () => void): void {
    const timer = setTimeout(act, afterMs);
    this.#response.once('close', () => clearTimeout(timer));
  }
}
