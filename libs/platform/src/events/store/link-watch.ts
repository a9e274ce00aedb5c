import type { NatsConnection } from '@nats-io/transport-node';

/** Knows whether a connection is up, and ends the waits of those who wait on a lost one. */
export class LinkWatch {
  readonly #connection: NatsConnection;
  #lost = new AbortController();
  #up = true;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    void this.#follow();
  }

  get up(): boolean {
    return this.#up && !this.#connection.isClosed();
  }

  get closed(): boolean {
    return this.#connection.isClosed();
  }

  /** Aborts when the connection in use at this moment is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async #follow(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') this.#down();
      if (status.type === 'reconnect') this.#up = true;
    }
    this.#down();
  }

  #down(): void {
    this.#up = false;
    this.#lost.abort(new Error('the connection to the log was lost'));
    this.#lost = new AbortController();
  }
}
