import type { HealthRegistry } from '../../health/health-registry.js';
import type { Lifecycle } from '../../lifecycle/lifecycle.js';
import type { Mongo } from '../../mongo/index.js';
import type { NatsConnections } from '../../nats/nats-connections.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Metrics } from '../../telemetry/metrics.js';
import type { ColdHalf } from '../store/cold-half.js';
import { eventCatalogue } from '../store/event-catalogue.js';
import type { EventStore } from '../store/event-store.js';
import type { OwnWrites } from '../views/own-writes.js';
import type { ProjectedDocument, Projection } from '../views/projection.js';
import { Projector } from './projector.js';

export interface ProjectorParts {
  readonly projections: readonly Projection<ProjectedDocument>[];
  readonly nats: Pick<NatsConnections, 'connection'>;
  readonly mongo: Mongo;
  readonly store: EventStore;
  readonly cold: ColdHalf;
  /** Where requests of this process write the same views. */
  readonly own?: OwnWrites | undefined;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lifecycle: Pick<Lifecycle, 'add'>;
  readonly health: Pick<HealthRegistry, 'add'>;
}

/** Keeps every view of a service up with the log until the service stops. */
export async function runProjectors(parts: ProjectorParts): Promise<void> {
  const { mongo, store, cold, own, metrics, logger: log, lifecycle, health } = parts;
  const nc = parts.nats.connection;
  const dependencies = { nc, mongo, store, cold, own, catalogue: eventCatalogue, log, metrics };
  for (const projection of parts.projections) {
    const projector = new Projector(projection, dependencies);
    await projector.start();
    lifecycle.add('finish', projector.name, () => projector.stop());
    // One view that stands still is no reason to serve none; at boot it is, so a roll-out stops.
    const partial = { isPartial: true };
    health.add(`projector ${projector.name}`, () => projector.check(), partial);
  }
}
