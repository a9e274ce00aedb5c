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
/** One for each call of a full pod: whoever has no idle one when it is asked pays for the handshake. */
const MAX_IDLE = 256;
/** Among so many that are answering, one more soon begins. */
const BUSY_FOR_A_SPARE = 8;

/**
 * One undici client is one connection. An aborted answer closes its connection, so a spare is
 * opened whenever none is idle: the next turn never pays for the handshake.
 */
export class ConnectionShelf {
  readonly #origin: string;
  readonly #options: ShelfOptions;
  readonly #idle: Client[] = [];
  readonly #busy = new Set<Client>();
  /** Calls that may ask at any moment. */
  #userCount = 0;
  #openingCount = 0;
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

  /**
   * One more call, until the signal aborts: many may begin at once, and each wants to be
   * answered at once. What turns out not to be needed is dropped after the keep-alive.
   */
  async reserve(signal: AbortSignal): Promise<void> {
    this.#userCount += 1;
    signal.addEventListener('abort', () => (this.#userCount -= 1), { once: true });
    const ready = this.#idle.length + this.#openingCount;
    if (ready < MAX_IDLE && ready + this.#busy.size < this.#userCount) await this.#openSpare();
  }

  /** One spare, and more while many are busy. Never rejects: the next request will tell. */
  async keepSpare(): Promise<void> {
    const ready = this.#idle.length + this.#openingCount;
    if (ready < 1 + Math.floor(this.#busy.size / BUSY_FOR_A_SPARE)) await this.#openSpare();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#idle.splice(0), ...this.#busy];
    this.#busy.clear();
    await Promise.all(all.map((client) => client.destroy()));
  }

  async #openSpare(): Promise<void> {
    if (this.#isClosed || this.#isFull) return;
    const client = this.#make();
    this.#openingCount += 1;
    try {
      // Any answer will do; undici closes the connection after a HEAD, so it is an OPTIONS.
      const signal = AbortSignal.timeout(WARM_LIMIT_MS);
      const answer = await client.request({ method: 'OPTIONS', path: '/', signal });
      await answer.body.dump({ limit: 65_536, signal });
      this.#busy.add(client);
      this.putBack(client);
    } catch {
      this.discard(client);
    } finally {
      this.#openingCount -= 1;
    }
  }

  get #isFull(): boolean {
    return this.#busy.size + this.#openingCount >= this.#options.maxConnections;
  }

  #make(): Client {
    const { keepAliveMs, connectLimitMs, headersLimitMs, bodyLimitMs } = this.#options;
    if (this.#isFull) {
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
