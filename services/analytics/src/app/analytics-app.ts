import type { EventStore, Logger, Mongo, ObjectStore } from '@trunkline/platform';

/** What the use cases of the service work with. */
export interface AnalyticsApp {
  readonly store: EventStore;
  readonly mongo: Mongo;
  readonly objects: ObjectStore;
  readonly logger: Logger;
  /** How long an address of a recording works (row O19). */
  readonly linkTtlMs: number;
}
