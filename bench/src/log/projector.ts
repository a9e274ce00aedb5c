import { randomUUID } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { eventSubject, type Envelope } from '@trunkline/contracts';
import {
  connectMongo,
  ensureStreams,
  JetStreamEventStore,
  Projector,
  type ProjectedDocument,
  type Projection,
} from '@trunkline/platform';
import { parcelCatalogue, startNats, testMongo } from '@trunkline/testing';
import { perSecond, printTable } from '../table.js';

interface ParcelDoc extends ProjectedDocument {
  readonly places: number;
}

const projection: Projection<ParcelDoc> = {
  definition: {
    service: 'agents',
    view: 'bench-parcels',
    version: 1,
    aggregates: ['parcel'],
    groups: 1,
  },
  documentId: (event) => `${event.tenant}.${event.id}`,
  project: (doc, event) => ({
    _id: `${event.tenant}.${event.id}`,
    tenant: event.tenant,
    places: (doc?.places ?? 0) + 1,
  }),
  indexes: [],
};

/** From a full stream into MongoDB (majority, journaled), beside a bare consumer that only acks. */
export async function benchProjector(quick: boolean): Promise<void> {
  const count = quick ? 2_000 : 20_000;
  const nats = await startNats({ syncInterval: '2m' });
  const { uri, database, drop } = testMongo();
  const mongo = await connectMongo({ uri, database });
  try {
    const connection = await nats.connect();
    await ensureStreams(connection, { replicas: 1, maxBytes: 900 * 1024 * 1024 });
    await fill(connection, count);
    const bare = await consumeBare(connection, count);
    const projector = new Projector(projection, {
      nc: connection,
      mongo,
      store: new JetStreamEventStore(connection, { catalogue: parcelCatalogue }),
      catalogue: parcelCatalogue,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    const startedAtMs = performance.now();
    await projector.start();
    await projector.caughtUp(600_000);
    const rate = (count / (performance.now() - startedAtMs)) * 1000;
    await projector.stop();
    printTable(`Projector, ${count} events of ${count / 5} aggregates`, [
      ['what', 'events', 'of bare'],
      ['bare consumer, ack only', perSecond(bare), '100 %'],
      ['projector into MongoDB', perSecond(rate), `${((rate / bare) * 100).toFixed(0)} %`],
    ]);
  } finally {
    await mongo.close();
    await drop();
    await nats.stop();
  }
}

/** Five events for each aggregate, in the order a busy log has them: interleaved. */
async function fill(connection: NatsConnection, count: number): Promise<void> {
  const js = jetstream(connection);
  const ids = Array.from({ length: count / 5 }, () => randomUUID());
  for (let v = 1; v <= 5; v += 1) {
    for (let start = 0; start < ids.length; start += 500) {
      const slice = ids.slice(start, start + 500);
      await Promise.all(slice.map((id) => js.publish(...message(id, v))));
    }
  }
}

function message(id: string, v: number): [string, string] {
  const ref = { tenant: 'bench', aggregate: 'parcel', id };
  const event: Envelope = {
    eventId: randomUUID(),
    ...ref,
    v,
    type: 'parcel.moved',
    schema: 1,
    occurredAt: new Date().toISOString(),
    actor: { kind: 'service', id: 'bench' },
    causationId: 'bench',
    correlationId: 'bench',
    data: { place: `place ${v}` },
  };
  return [eventSubject(ref), JSON.stringify(event)];
}

async function consumeBare(connection: NatsConnection, count: number): Promise<number> {
  const consumer = await jetstream(connection).consumers.get('EVT');
  const startedAtMs = performance.now();
  let seen = 0;
  const messages = await consumer.consume({ max_messages: 512 });
  for await (const one of messages) {
    one.ack();
    seen += 1;
    if (seen === count) break;
  }
  return (count / (performance.now() - startedAtMs)) * 1000;
}
