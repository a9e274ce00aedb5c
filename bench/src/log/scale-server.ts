import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { JetStreamEventStore, newId, nowhere } from '@trunkline/platform';
import { eventually, parcel, parcelCatalogue, someone, type TestNats } from '@trunkline/testing';
import { z } from 'zod';

export interface ServerFigures {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly afterTermMs: number;
  readonly afterKillMs: number;
}

const varz = z.object({ mem: z.int() });

/** Ends the server both ways; memory and disk are those of the server that was ended politely. */
export async function measureServer(nats: TestNats): Promise<ServerFigures> {
  await nats.terminate();
  const afterTermMs = await timeStart(nats);
  const memoryBytes = await residentBytes(nats);
  const diskBytes = await bytesBelow(nats.dir);
  await nats.kill();
  const afterKillMs = await timeStart(nats);
  return { memoryBytes, diskBytes, afterTermMs, afterKillMs };
}

/** Until an event is appended and read back: an open port proves nothing. */
async function timeStart(nats: TestNats): Promise<number> {
  const startedAtMs = performance.now();
  await nats.start();
  const connection = await nats.connect();
  try {
    const store = new JetStreamEventStore(connection, { catalogue: parcelCatalogue });
    await eventually(() => roundTrip(store), { deadlineMs: 60_000, everyMs: 5 });
    return performance.now() - startedAtMs;
  } finally {
    await connection.close();
  }
}

async function roundTrip(store: JetStreamEventStore): Promise<void> {
  const ref = { tenant: 'bench', aggregate: 'parcel', id: newId() };
  const event = { ...someone, ...parcel.moved() };
  const { outcome } = await store.append({ ref, after: nowhere, event });
  const { events } = await store.load(ref);
  if (outcome !== 'appended' || events.length !== 1) throw new Error('the round trip failed');
}

async function residentBytes(nats: TestNats): Promise<number> {
  const limit = { signal: AbortSignal.timeout(5_000) };
  const answer = await fetch(`${nats.monitorUrl}/varz`, limit);
  return varz.parse(await answer.json()).mem;
}

async function bytesBelow(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const stats = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
  return stats.reduce((sum, { size }) => sum + size, 0);
}
