import type { EventCatalogue } from '@trunkline/contracts';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Mongo } from '../../mongo/index.js';
import type { ObjectStore } from '../../object-store/index.js';
import type { Archiver } from '../archive/archiver.js';
import type { ColdHalf } from '../store/cold-half.js';
import type { EventStore } from '../store/event-store.js';
import type { ProjectedDocument, Projection } from '../views/projection.js';
import type { Flag, Flags } from './flags.js';

/** Everything the commands may use; made once, closed at the end. */
export interface Operator {
  readonly connection: NatsConnection;
  readonly store: EventStore;
  readonly cold: ColdHalf;
  readonly objects: ObjectStore;
  readonly archiver: Archiver;
  readonly catalogue: EventCatalogue;
  readonly projections: readonly Projection<ProjectedDocument>[];
  /** The database of the service that owns the projection. */
  database(service: string): Promise<Mongo>;
  /** Who it is in the actor of what is appended. */
  readonly name: string;
}

export interface Run {
  readonly operator: Operator;
  readonly flags: Flags;
  readonly signal: AbortSignal;
  print(line: string): void;
  /** For people, not for pipes. */
  note(line: string): void;
}

export interface Command {
  readonly usage: string;
  readonly says: string;
  readonly flags: readonly Flag[];
  /** 0: done; 1: it found or met something wrong. */
  run(run: Run): Promise<0 | 1>;
}
