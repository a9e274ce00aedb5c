import { randomUUID } from 'node:crypto';
import {
  EVENT_STREAM,
  durablesOf,
  eventSubject,
  projectionName,
  type AggregateRef,
  type Envelope,
  type ProjectionDefinition,
} from '@trunkline/contracts';
import type { Clock } from '@trunkline/kernel';
import { parcel } from '@trunkline/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import {
  Archiver,
  DeadLetters,
  DocumentForgetter,
  JetStreamEventStore,
  S3ObjectStore,
  openColdStore,
  type ArchiverOptions,
  type Forgetter,
  type ColdStore,
  type ProjectedDocument,
  type Projection,
  type ProjectorDependencies,
} from '../src/index.js';
import {
  ParcelView,
  catalogue,
  newParcel,
  publishAll,
  silent,
  startWorld,
  type World,
  type WorldOptions,
} from './projector-kit.js';

const DAY_MS = 86_400_000;

/** A clock that can be set forward: events age while the real one stands at today. */
export class ShiftedClock implements Clock {
  aheadMs = 0;
  nowMs(): number {
    return Date.now() + this.aheadMs;
  }
}

export interface PersonDocument extends ProjectedDocument {
  readonly recipient: string;
  readonly signedBy: string | null;
}

/** Shows a person, and leaves it to the rewritten log to forget them. */
export class PersonView implements Projection<PersonDocument> {
  readonly definition: ProjectionDefinition = {
    service: 'agents',
    view: `people-${randomUUID().slice(0, 8)}`,
    version: 1,
    aggregates: ['parcel'],
    groups: 1,
  };
  readonly indexes = [] as const;

  documentId(event: Envelope): string {
    return event.id;
  }

  project(doc: PersonDocument | undefined, event: Envelope): PersonDocument | undefined {
    const data = event.data as { recipient?: string; signedBy?: string };
    const base = doc ?? { _id: event.id, tenant: event.tenant, recipient: '', signedBy: null };
    return {
      ...base,
      recipient: data.recipient ?? base.recipient,
      signedBy: data.signedBy ?? base.signedBy,
    };
  }
}

export interface ArchiveWorld extends World {
  readonly objects: S3ObjectStore;
  readonly bucket: string;
  readonly cold: ColdStore;
  readonly clock: ShiftedClock;
  /** Set anew for every test. */
  views: readonly Projection<ProjectedDocument>[];
}

export async function startArchiveWorld(options: WorldOptions = {}): Promise<ArchiveWorld> {
  const world = await startWorld(options);
  const objects = new S3ObjectStore({
    endpoint: process.env['S3_ENDPOINT'] ?? '',
    region: process.env['S3_REGION'] ?? 'us-east-1',
    accessKey: process.env['S3_ACCESS_KEY'] ?? '',
    secretKey: process.env['S3_SECRET_KEY'] ?? '',
  });
  const bucket = `test-log-${randomUUID()}`;
  await objects.ensureBuckets([bucket]);
  const cold = openColdStore(world.mongo, objects, { bucket });
  const clock = new ShiftedClock();
  clock.aheadMs = 4 * DAY_MS;
  const store = new JetStreamEventStore(world.nc, { catalogue, cold });
  const views = newViews();
  const stop = async (): Promise<void> => {
    for await (const { name } of objects.list(bucket, '', 10_000)) {
      await objects.remove({ bucket, name });
    }
    await world.stop();
  };
  return { ...world, store, objects, bucket, cold, clock, views, stop };
}

export function newViews(): Projection<ProjectedDocument>[] {
  return [new ParcelView(), new PersonView()];
}

export function dependenciesOf(world: ArchiveWorld): ProjectorDependencies {
  const { nc, mongo, store, cold } = world;
  const tuning = { ackWaitMs: 1_500, nakDelayMs: 20, drainMs: 2_000, pullMs: 2_000 };
  return { nc, mongo, store, cold, catalogue, log: silent, tuning };
}

export async function archiverOf(
  world: ArchiveWorld,
  more: Partial<ArchiverOptions> = {},
): Promise<Archiver> {
  const names = world.views.map(({ definition }) => definition);
  const letters = await DeadLetters.open(world.nc);
  const archiver = new Archiver({
    connection: world.nc,
    mongo: world.mongo,
    objects: world.objects,
    bucket: world.bucket,
    catalogue,
    clock: world.clock,
    log: silent,
    isKnownDurable: isDurableOf(names),
    forgetters: [documentsOf(letters, names)],
    copies: [],
    ...more,
  });
  await archiver.ensure();
  return archiver;
}

/** The projections of the tests stand in no table of the platform. */
function documentsOf(letters: DeadLetters, names: readonly ProjectionDefinition[]): Forgetter {
  const documents = new DocumentForgetter(letters, names);
  return {
    name: 'documents of the test',
    forget: (ref) => documents.forget(ref),
    isDone: (ref) => documents.isDone(ref),
  };
}

function isDurableOf(definitions: readonly ProjectionDefinition[]): (name: string) => boolean {
  const names = definitions.flatMap((one) => durablesOf(one).map(({ name }) => name));
  const sides = definitions.map((one) => `${projectionName(one)}-`);
  return (name) => names.includes(name) || sides.some((side) => name.startsWith(side));
}

/** Posted, moved and delivered: three events, the last one terminal. */
export async function closedParcel(world: World, recipient = 'Ada'): Promise<AggregateRef> {
  const ref = newParcel(world);
  await publishAll(world, ref, [
    parcel.posted(recipient),
    parcel.moved(),
    parcel.delivered(recipient),
  ]);
  return ref;
}

export async function closedParcels(world: World, count: number): Promise<AggregateRef[]> {
  const refs: AggregateRef[] = [];
  for (let index = 0; index < count; index += 1) refs.push(await closedParcel(world));
  return refs;
}

/** How many events of the aggregate are in the stream. */
export async function hotCount(world: World, ref: AggregateRef): Promise<number> {
  const manager = await jetstreamManager(world.nc);
  const subject = eventSubject(ref);
  const info = await manager.streams.info(EVENT_STREAM, { subjects_filter: subject });
  return info.state.subjects?.[subject] ?? 0;
}

/** The whole log as an event store sees it, aggregate by aggregate. */
export async function histories(
  world: ArchiveWorld,
  refs: readonly AggregateRef[],
): Promise<string[]> {
  const out: string[] = [];
  for (const ref of refs) {
    const { events } = await world.store.load(ref, { fromLeader: true });
    out.push(events.map(({ v, eventId, type }) => `${v} ${eventId} ${type}`).join('\n'));
  }
  return out;
}
