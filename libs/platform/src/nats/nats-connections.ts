import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../telemetry/logger.js';

export type ReconnectHook = () => void | Promise<void>;

/** The one connection of this process, and who wants to know that it was away. */
export class NatsConnections {
  readonly connection: NatsConnection;
  readonly #logger: Logger;
  readonly #hooks = new Set<ReconnectHook>();
  #isConnected = true;

  constructor(connection: NatsConnection, logger: Logger) {
    this.connection = connection;
    this.#logger = logger;
    void this.#watch();
  }

  get isConnected(): boolean {
    return this.#isConnected && !this.connection.isClosed();
  }

  /** After a gap, news sent meanwhile is lost: caches that live on news are emptied here. */
  onReconnect(hook: ReconnectHook): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  async close(): Promise<void> {
    if (!this.connection.isClosed()) await this.connection.close();
  }

  async #watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') {
        this.#isConnected = false;
        this.#logger.warn('nats.disconnected');
      } else if (status.type === 'reconnect') {
        this.#isConnected = true;
        this.#logger.info('nats.reconnected');
        await this.#reconnected();
      } else if (status.type === 'error') {
        this.#logger.error('nats.error', { error: status.error });
      }
    }
  }

  async #reconnected(): Promise<void> {
    const results = await Promise.allSettled([...this.#hooks].map(async (hook) => hook()));
    for (const result of results) {
      if (result.status === 'rejected') {
        this.#logger.error('nats.reconnect-hook-failed', { error: result.reason });
      }
    }
  }
}
