import { PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';

export interface LinkListener {
  lost(reason: Error): void;
  /** The server took a publish for one that this user may not make. */
  refused(error: PermissionViolationError): void;
}

/** Knows whether a connection is up, and ends the waits of those who wait on a lost one. */
export class LinkWatch {
  readonly #connection: NatsConnection;
  readonly #listener: LinkListener;
  #lost = new AbortController();
  #up = true;

  constructor(connection: NatsConnection, listener: LinkListener) {
    this.#connection = connection;
    this.#listener = listener;
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
      if (status.type === 'error') this.#onError(status.error);
    }
    this.#down();
  }

  #onError(error: Error): void {
    const isOurs = error instanceof PermissionViolationError && error.operation === 'publish';
    if (isOurs) this.#listener.refused(error);
  }

  #down(): void {
    const reason = new Error('the connection to the log was lost');
    this.#up = false;
    this.#lost.abort(reason);
    this.#lost = new AbortController();
    this.#listener.lost(reason);
  }
}
