import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  defineAggregate,
  EVENT_STREAM,
  EventCatalogue,
  eventSubject,
  type Envelope,
} from '@trunkline/contracts';
import { newId } from '@trunkline/platform';
import { parcel, parcelAggregate, someone } from '@trunkline/testing';
import { z } from 'zod';

/** As small as a parcel, with nothing personal in it: the archiver overwrites none of it. */
const crateAggregate = defineAggregate({
  name: 'crate',
  owner: 'agents',
  events: {
    'crate.packed': { schema: 1, says: 'Packed.', data: z.strictObject({ place: z.string() }) },
    'crate.shipped': {
      schema: 1,
      says: 'Shipped; nothing follows.',
      terminal: true,
      data: z.strictObject({ place: z.string() }),
    },
  },
});
export const scaleCatalogue = new EventCatalogue([parcelAggregate, crateAggregate]);

type Fact = Pick<Envelope, 'type' | 'schema' | 'data'>;
type Kind = 'crate' | 'parcel';

const place = 'Chicago, sorting office 4';
const facts: Readonly<Record<Kind, readonly [Fact, Fact]>> = {
  crate: [
    { type: 'crate.packed', schema: 1, data: { place } },
    { type: 'crate.shipped', schema: 1, data: { place } },
  ],
  parcel: [
    { ...parcel.posted('Ada Lovelace'), schema: 2 },
    { ...parcel.delivered('Ada Lovelace'), schema: 1 },
  ],
};

/** The server answers the last of each slice; on one connection the others came before it. */
const SLICE = 1_000;

export interface Batch {
  readonly aggregate: Kind;
  readonly count: number;
}

/** Publishes aggregates that have ended, their two events a slice apart; answers until when. */
export async function loadClosed(connection: NatsConnection, batch: Batch): Promise<number> {
  for (let done = 0; done < batch.count; done += SLICE) {
    const length = Math.min(SLICE, batch.count - done);
    const ids = Array.from({ length }, () => newId());
    for (const v of [1, 2]) {
      const messages = ids.map((id) => messageOf({ aggregate: batch.aggregate, id }, v));
      await publishSlice(connection, messages);
    }
  }
  const endedAtMs = Date.now();
  while (Date.now() <= endedAtMs + 1) await new Promise(setImmediate);
  return endedAtMs;
}

export async function storedEvents(connection: NatsConnection): Promise<number> {
  const manager = await jetstreamManager(connection);
  return (await manager.streams.info(EVENT_STREAM)).state.messages;
}

async function publishSlice(
  connection: NatsConnection,
  messages: [string, string][],
): Promise<void> {
  const last = messages.pop();
  for (const message of messages) connection.publish(...message);
  if (last) await jetstream(connection).publish(...last, { timeout: 60_000 });
}

function messageOf(about: { aggregate: Kind; id: string }, v: number): [string, string] {
  const ref = { tenant: 'bench', ...about };
  const fact = facts[about.aggregate][v - 1] ?? facts.crate[0];
  const event: Envelope = {
    ...{ eventId: newId(), ...ref, v, ...fact },
    occurredAt: new Date().toISOString(),
    ...someone,
  };
  return [eventSubject(ref), JSON.stringify(event)];
}
