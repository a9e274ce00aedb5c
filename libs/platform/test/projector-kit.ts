import { randomUUID } from 'node:crypto';
import {
  DEAD_LETTER_STREAM,
  EVENT_STREAM,
  EventCatalogue,
  defineAggregate,
  eventSubject,
  projectionName,
  type AggregateRef,
  type Envelope,
  type ProjectionDefinition,
} from '@trunkline/contracts';
import { parcelAggregate, startNats, testMongo, type TestNats } from '@trunkline/testing';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import {
  ColdHalf,
  JetStreamEventStore,
  Projector,
  connectMongo,
  ensureStreams,
  newId,
  type ColdFilter,
  type Mongo,
  type ProjectedDocument,
  type Projection,
  type ProjectorDependencies,
} from '../src/index.js';

/** A second source for the same documents: what was paid for a parcel, under the same id. */
export const stampAggregate = defineAggregate({
  name: 'stamp',
  owner: 'agents',
  events: {
    'stamp.bought': { schema: 1, says: 'Paid for.', data: z.strictObject({ cents: z.int() }) },
  },
});

export const catalogue = new EventCatalogue([parcelAggregate, stampAggregate]);

export interface ParcelDocument extends ProjectedDocument {
  readonly places: readonly string[];
  readonly cents: number;
  readonly status: 'posted' | 'delivered';
}

const POISON_PLACE = 'nowhere';

const POISON_GRAMS = 13;

/** Fails on the place `nowhere` and on 13 grams until it is mended. */
export class ParcelView implements Projection<ParcelDocument> {
  readonly definition: ProjectionDefinition;
  readonly indexes = [{ keys: { tenant: 1, status: 1 } }] as const;
  isMended = false;
  /** How often `project` was asked. */
  asked = 0;

  constructor(aggregates: readonly string[] = ['parcel'], groups = 1) {
    const view = `parcels-${randomUUID().slice(0, 8)}`;
    this.definition = { service: 'agents', view, version: 1, aggregates, groups };
  }

  documentId(event: Envelope): string {
    return event.id;
  }

  project(doc: ParcelDocument | undefined, event: Envelope): ParcelDocument | undefined {
    this.asked += 1;
    const data = event.data as { place?: string; cents?: number; grams?: number };
    const isPoison = data.place === POISON_PLACE || data.grams === POISON_GRAMS;
    if (isPoison && !this.isMended) throw new TypeError('no such place');
    const { id: _id, tenant } = event;
    const base = doc ?? { _id, tenant, places: [], cents: 0, status: 'posted' as const };
    if (event.type === 'stamp.bought') return { ...base, cents: base.cents + (data.cents ?? 0) };
    if (event.type === 'parcel.delivered') return { ...base, status: 'delivered' };
    if (data.place === undefined) return base;
    return { ...base, places: [...base.places, data.place] };
  }
}

export interface World {
  readonly mongoUri: string;
  readonly database: string;
  readonly nats: TestNats;
  readonly nc: NatsConnection;
  readonly mongo: Mongo;
  readonly store: JetStreamEventStore;
  readonly tenant: string;
  stop(): Promise<void>;
}

/** With `users`, the connection is the operator's, as the allow-lists of the contracts hold. */
export interface WorldOptions {
  readonly users?: boolean;
  /** How often the server writes its files anew; `always` means every two minutes. */
  readonly syncInterval?: string;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const nats = await startNats(options);
  const nc = await nats.connect(options.users ? { user: 'operator' } : {});
  await ensureStreams(nc, { replicas: 1, maxBytes: 256 * 1024 * 1024 });
  const database = testMongo();
  const mongo = await connectMongo({ uri: database.uri, database: database.database });
  return {
    nats,
    nc,
    mongo,
    mongoUri: database.uri,
    database: database.database,
    store: new JetStreamEventStore(nc, { catalogue }),
    tenant: `t${randomUUID().slice(0, 8)}`,
    stop: async () => {
      await mongo.close();
      await database.drop();
      await nats.stop();
    },
  };
}

export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export function projectorOf<Doc extends ProjectedDocument>(
  world: World,
  projection: Projection<Doc>,
  more: Partial<ProjectorDependencies> = {},
): Projector<Doc> {
  const { nc, mongo, store } = world;
  const { tuning, ...rest } = more;
  return new Projector(projection, {
    ...{ nc, mongo, store, catalogue, log: silent },
    ...rest,
    tuning: { ackWaitMs: 1_500, nakDelayMs: 20, drainMs: 2_000, pullMs: 2_000, ...tuning },
  });
}

export function newParcel(world: World, aggregate = 'parcel'): AggregateRef {
  return { tenant: world.tenant, aggregate, id: newId() };
}

/** An event as it would be stored; nothing is published. */
export function eventOf(
  ref: AggregateRef,
  v: number,
  fact: { readonly type: string; readonly data: object },
): Envelope {
  const schema = catalogue.definitionOf(ref.aggregate, fact.type)?.schema ?? 1;
  return {
    ...{ eventId: newId(), tenant: ref.tenant, aggregate: ref.aggregate, id: ref.id, v, schema },
    type: fact.type,
    occurredAt: '2026-11-21T08:00:00.000Z',
    actor: { kind: 'service', id: 'test' },
    ...{ causationId: 'test', correlationId: 'test' },
    data: { ...fact.data },
  };
}

/** Past the event store, so that anything can be on the log. */
export async function publish(world: World, event: Envelope): Promise<number> {
  const ack = await jetstream(world.nc).publish(eventSubject(event), JSON.stringify(event));
  return ack.seq;
}

type ParcelFacts = readonly { readonly type: string; readonly data: object }[];

/** Publishes facts as versions 1, 2, 3, … of one aggregate. */
export async function publishAll(
  world: World,
  ref: AggregateRef,
  facts: ParcelFacts,
): Promise<Envelope[]> {
  const events = facts.map((fact, index) => eventOf(ref, index + 1, fact));
  for (const event of events) await publish(world, event);
  return events;
}

/** An archive in memory. */
export class FakeCold extends ColdHalf {
  readonly events: Envelope[] = [];

  read(ref: AggregateRef): Promise<readonly Envelope[]> {
    const { tenant, aggregate, id } = ref;
    const own = this.events.filter(
      (event) => event.tenant === tenant && event.aggregate === aggregate && event.id === id,
    );
    return Promise.resolve(own);
  }

  async *all(filter: ColdFilter = {}): AsyncIterable<Envelope> {
    for (const event of this.events) {
      if (filter.aggregates?.includes(event.aggregate) ?? true) yield event;
    }
  }
}

/** Empties the log and the dead letters, so that every test has them for itself. */
export async function emptyLog(world: World): Promise<void> {
  const manager = await jetstreamManager(world.nc);
  for (const stream of [EVENT_STREAM, DEAD_LETTER_STREAM]) await manager.streams.purge(stream);
}

/** A document as it stands, or nothing. */
export async function read(
  world: World,
  view: { readonly definition: ProjectionDefinition },
  id: string,
): Promise<Record<string, unknown> | undefined> {
  const collection = world.mongo.platformCollection<{ _id: string }>(
    projectionName(view.definition),
  );
  return (await collection.findOne({ _id: id })) ?? undefined;
}
