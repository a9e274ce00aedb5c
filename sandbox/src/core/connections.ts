import { performance } from 'node:perf_hooks';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Counters } from './counters.js';

interface Connection {
  readonly readyAtMs: number;
  readonly providers: Set<string>;
}

/** A new connection costs time, as one across the world with TLS does. */
export class Connections {
  readonly #known = new WeakMap<Duplex, Connection>();
  readonly #open = new Set<Duplex>();
  readonly #counters: Counters;

  constructor(server: Server, of: { readonly delayMs: number; readonly counters: Counters }) {
    this.#counters = of.counters;
    server.on('connection', (socket) => {
      this.#known.set(socket, {
        readyAtMs: performance.now() + of.delayMs,
        providers: new Set(),
      });
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      socket.setNoDelay(true);
    });
  }

  /** Counts a connection for each vendor that is asked over it; its first answer has to wait. */
  async ready(socket: Duplex, provider: string): Promise<void> {
    const connection = this.#known.get(socket);
    if (!connection) return;
    if (!connection.providers.has(provider)) {
      connection.providers.add(provider);
      this.#counters.add(provider, 'connectionsOpened');
    }
    const leftMs = connection.readyAtMs - performance.now();
    if (leftMs > 0) await delay(leftMs);
  }

  /** Upgraded ones too, which the server no longer knows. */
  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
