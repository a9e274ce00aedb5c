import type { NatsConnection } from '@nats-io/transport-node';
import { ClientNats } from '@nestjs/microservices';

/** Nest's NATS client over the connection this process already has, whose life is not its own. */
export class SharedNatsClient extends ClientNats {
  readonly #connection: NatsConnection;

  constructor(connection: NatsConnection, inboxPrefix: string) {
    super({ inboxPrefix });
    this.#connection = connection;
  }

  override createClient(): Promise<NatsConnection> {
    return Promise.resolve(this.#connection);
  }

  /** Ends what is still being asked; the connection stays. */
  override close(): Promise<void> {
    this.handleClose();
    this.statusEventEmitter.removeAllListeners();
    return Promise.resolve();
  }
}
