import type { NatsConnection } from '@nats-io/transport-node';
import { JetStreamHotHalf } from './jetstream-hot-half.js';
import { LogEventStore, type EventStoreOptions } from './log-event-store.js';

/** The log on the stream `EVT`, with the cold half where one is given. */
export class JetStreamEventStore extends LogEventStore {
  constructor(connection: NatsConnection, options: EventStoreOptions = {}) {
    super(new JetStreamHotHalf(connection), options);
  }
}
