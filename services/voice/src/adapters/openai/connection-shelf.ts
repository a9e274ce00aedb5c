import { AppError } from '@trunkline/kernel';
import { Client } from 'undici';

export interface ShelfOptions {
  /** How long an idle connection is kept when the server gives no hint. */
  readonly keepAliveMs: number;
  readonly maxConnections: number;
  readonly connectLimitMs: number;
  readonly headersLimitMs: number;
  /** The longest silence inside an answer. */
  readonly bodyLimitMs: number;
}

const WARM_LIMIT_MS = 5000;

/**
 * One undici client is one connection. An aborted answer closes its connection, so a spare is
 * opened whenever none is idle: the next turn never pays for the handshake.
 */
export class ConnectionShelf {
  readonly #origin: string;
  readonly #options: ShelfOptions;
  readonly #idle: Client[] = [];
  readonly #busy = new Set<Client>();
  #opening: Promise<void> | undefined;
  #opened = 0;
  #isClosed = false;

  constructor(origin: string, options: ShelfOptions) {
    this.#origin = origin;
    this.#options = options;
  }

  get busyCount(): number {
    return this.#busy.size;
  }

  get idleCount(): number {
    return this.#idle.length;
  }

  get openedCount(): number {
    return this.#opened;
  }

  /** The most recently used idle connection, or a new one. Give it back with `putBack`. */
  take(): Client {
    const client = this.#idle.pop() ?? this.#make();
    this.#busy.add(client);
    return client;
  }

  /** After an answer that was read to its end. */
  putBack(client: Client): void {
    if (!this.#busy.delete(client)) return;
    if (this.#isClosed || !client.stats.connected) void client.destroy();
    else this.#idle.push(client);
  }

  /** Closes its connection, which is how the vendor learns that nobody listens any more. */
  discard(client: Client): void {
    this.#busy.delete(client);
    void client.destroy();
  }

  /** Opens a connection where none is idle. Never rejects: the next request will tell. */
  keepSpare(): Promise<void> {
    if (this.#isClosed || this.#idle.length > 0) return Promise.resolve();
    this.#opening ??= this.#openSpare().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#idle.splice(0), ...this.#busy];
    this.#busy.clear();
    await Promise.all(all.map((client) => client.destroy()));
  }

  async #openSpare(): Promise<void> {
    if (this.#busy.size >= this.#options.maxConnections) return;
    const client = this.take();
    try {
      // Any answer will do; undici closes the connection after a HEAD, so it is an OPTIONS.
      const answer = await client.request({
        method: 'OPTIONS',
        path: '/',
        signal: AbortSignal.timeout(WARM_LIMIT_MS),
      });
      await answer.body.dump({ limit: 65_536, signal: AbortSignal.timeout(WARM_LIMIT_MS) });
      this.putBack(client);
    } catch {
      this.discard(client);
    }
  }

  #make(): Client {
    const { keepAliveMs, connectLimitMs, headersLimitMs, bodyLimitMs } = this.#options;
    if (this.#busy.size >= this.#options.maxConnections) {
      throw new AppError('provider.unavailable', {
        retryable: true,
        details: { reason: 'every connection to the provider is in use' },
      });
    }
    const client = new Client(this.#origin, {
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      connect: { timeout: connectLimitMs },
      headersTimeout: headersLimitMs,
      bodyTimeout: bodyLimitMs,
      pipelining: 1,
    });
    client.on('connect', () => {
      this.#opened += 1;
    });
    client.on('disconnect', () => this.#forget(client));
    return client;
  }

  #forget(client: Client): void {
    const at = this.#idle.indexOf(client);
    if (at >= 0) this.#idle.splice(at, 1);
    if (at >= 0) void client.destroy();
  }
}
