import {
  eventCatalogue,
  Projector,
  type ColdHalf,
  type EventStore,
  type Lifecycle,
  type Logger,
  type Metrics,
  type Mongo,
  type NatsConnections,
  type ProjectedDocument,
} from '@trunkline/platform';
import { projections } from '../projections.js';

export interface ProjectorParts {
  readonly nats: Pick<NatsConnections, 'connection'>;
  readonly mongo: Mongo;
  readonly store: EventStore;
  readonly cold: ColdHalf;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lifecycle: Pick<Lifecycle, 'add'>;
}

/** Keeps every view of this service up with the log until the service stops. */
export async function runProjectors(parts: ProjectorParts): Promise<void> {
  const { mongo, store, cold, metrics, logger: log, lifecycle } = parts;
  const nc = parts.nats.connection;
  const dependencies = { nc, mongo, store, cold, catalogue: eventCatalogue, log, metrics };
  for (const projection of projections) {
    const projector = new Projector<ProjectedDocument>(projection, dependencies);
    await projector.start();
    lifecycle.add('finish', projector.name, () => projector.stop());
  }
}
