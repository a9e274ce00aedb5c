import { eventSubject, type AggregateRef, type Envelope } from '@trunkline/contracts';
import { InMemoryHotHalf, type LogFaults } from './in-memory-hot-half.js';
import { LogEventStore, type EventStoreOptions } from './log-event-store.js';

/** The same rules over a stream in memory, for tests; it can be told to misbehave. */
export class InMemoryEventStore extends LogEventStore {
  readonly #hot: InMemoryHotHalf;

  constructor(options: EventStoreOptions = {}, hot = new InMemoryHotHalf()) {
    super(hot, options);
    this.#hot = hot;
  }

  /** Set a field to make it misbehave. */
  get faults(): LogFaults {
    return this.#hot.faults;
  }

  /** Every hot event in the order it was stored, as it was stored. */
  get stored(): Envelope[] {
    return this.#hot.messages.map((message) => JSON.parse(new TextDecoder().decode(message.data)));
  }

  /** Stores an event of an older schema, or a broken one. */
  put(event: Envelope): void {
    this.#hot.put(eventSubject(event), new TextEncoder().encode(JSON.stringify(event)));
  }

  /** What the archiver does to the hot half in the end. */
  purge(ref: AggregateRef): void {
    this.#hot.purge(eventSubject(ref));
  }
}
