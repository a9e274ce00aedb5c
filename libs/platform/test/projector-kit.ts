import { randomUUID } from 'node:crypto';
import {
  EventCatalogue,
  defineAggregate,
  eventSubject,
  type AggregateRef,
  type Envelope,
  type ProjectionDefinition,
} from '@trunkline/contracts';
import { parcelAggregate, startNats, testMongo, type TestNats } from '@trunkline/testing';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import {
  JetStreamEventStore,
  Projector,
  connectMongo,
  ensureStreams,
  newId,
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

/** Fails on the place `nowhere` until it is mended. */
export class ParcelView implements Projection<ParcelDocument> {
  readonly definition: ProjectionDefinition;
  readonly indexes = [{ keys: { tenant: 1, status: 1 } }] as const;
  isMended = false;

  constructor(aggregates: readonly string[] = ['parcel'], groups = 1) {
    const view = `parcels-${randomUUID().slice(0, 8)}`;
    this.definition = { service: 'agents', view, version: 1, aggregates, groups };
  }

  documentId(event: Envelope): string {
    return event.id;
  }

  project(doc: ParcelDocument | undefined, event: Envelope): ParcelDocument | undefined {
    const data = event.data as { place?: string; cents?: number };
    if (data.place === POISON_PLACE && !this.isMended) throw new TypeError('no such place');
    const { id: _id, tenant } = event;
    const base = doc ?? { _id, tenant, places: [], cents: 0, status: 'posted' as const };
    if (event.type === 'stamp.bought') return { ...base, cents: base.cents + (data.cents ?? 0) };
    if (event.type === 'parcel.delivered') return { ...base, status: 'delivered' };
    if (data.place === undefined) return base;
    return { ...base, places: [...base.places, data.place] };
  }
}

export interface World {
  readonly nats: TestNats;
  readonly nc: NatsConnection;
  readonly mongo: Mongo;
  readonly store: JetStreamEventStore;
  readonly tenant: string;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const nats = await startNats();
  const nc = await nats.connect();
  await ensureStreams(nc, { replicas: 1, maxBytes: 256 * 1024 * 1024 });
  const database = testMongo();
  const mongo = await connectMongo({ uri: database.uri, database: database.database });
  return {
    nats,
    nc,
    mongo,
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

/** Publishes facts as versions `from`, `from + 1`, … of one aggregate. */
export async function publishAll(
  world: World,
  ref: AggregateRef,
  facts: readonly { readonly type: string; readonly data: object }[],
  from = 1,
): Promise<Envelope[]> {
  const events = facts.map((fact, index) => eventOf(ref, from + index, fact));
  for (const event of events) await publish(world, event);
  return events;
}
