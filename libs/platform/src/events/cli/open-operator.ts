import { userInfo } from 'node:os';
import type { EventCatalogue } from '@trunkline/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Mongo } from '../../mongo/index.js';
import type { ObjectStore } from '../../object-store/index.js';
import { Archiver, openColdStore, type ArchiverOptions } from '../archive/archiver.js';
import { eventCatalogue } from '../store/event-catalogue.js';
import { JetStreamEventStore } from '../store/jetstream-event-store.js';
import type { ProjectedDocument, Projection } from '../views/projection.js';
import type { Operator } from './command.js';

export interface OperatorParts {
  readonly connection: NatsConnection;
  readonly logMongo: Mongo;
  readonly objects: ObjectStore;
  readonly projections: readonly Projection<ProjectedDocument>[];
  database(service: string): Promise<Mongo>;
  readonly catalogue?: EventCatalogue;
  /** Where the tests differ from the platform. */
  readonly archiver?: Partial<ArchiverOptions>;
}

export async function openOperator(parts: OperatorParts): Promise<Operator> {
  const { connection, logMongo: mongo, objects, projections } = parts;
  const { catalogue = eventCatalogue } = parts;
  const bucket = parts.archiver?.bucket;
  const cold = openColdStore(mongo, objects, bucket === undefined ? {} : { bucket });
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const archiver = new Archiver({
    connection,
    mongo,
    objects,
    catalogue,
    log: quiet,
    ...parts.archiver,
  });
  await archiver.ensure();
  return {
    connection,
    store: new JetStreamEventStore(connection, { catalogue, cold }),
    cold,
    objects,
    archiver,
    catalogue,
    projections,
    database: (service) => parts.database(service),
    name: userInfo().username || 'operator',
  };
}
