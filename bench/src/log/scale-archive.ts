import { randomUUID } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  Archiver,
  connectMongo,
  loadConfig,
  objectStoreSettings,
  S3ObjectStore,
} from '@trunkline/platform';
import { testMongo } from '@trunkline/testing';
import { z } from 'zod';
import { scaleCatalogue } from './scale-load.js';

export interface ArchiveFigures {
  /** Events walked and noted, before anything moves. */
  readonly notedPerSecond: number;
  /** At the young edge, until what shares their blocks goes with them. */
  readonly waiting: number;
  /** Aggregates written cold, read back and purged. */
  readonly movedPerSecond: number;
}

const HOUR_MS = 3_600_000;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The real archiver, whose clock stands an hour after the last event that is to go. */
export async function archiveUntil(
  connection: NatsConnection,
  options: { readonly untilMs: number; readonly archived: number; readonly events: number },
): Promise<ArchiveFigures> {
  const { untilMs, archived, events } = options;
  const { uri, database, drop } = testMongo();
  const mongo = await connectMongo({ uri, database });
  const objects = openObjects();
  const bucket = `bench-log-${randomUUID()}`;
  await objects.ensureBuckets([bucket]);
  let recoveredAtMs = 0;
  let notedAtMs = 0;
  const archiver = new Archiver({
    ...{ connection, mongo, objects, bucket, log: silent, hotMs: HOUR_MS },
    catalogue: scaleCatalogue,
    clock: { nowMs: () => untilMs + HOUR_MS },
    afterStep: (step) => {
      if (step === 'recovered') recoveredAtMs = performance.now();
      if (step === 'noted') notedAtMs = performance.now();
    },
  });
  try {
    await archiver.ensure();
    const { archive } = await archiver.runOnce();
    const endedAtMs = performance.now();
    const moved = archive.aggregates;
    const waiting = archive.kept.neighbours;
    if (moved + waiting !== archived) throw new Error(`archived ${JSON.stringify(archive)}`);
    return {
      notedPerSecond: (events / (notedAtMs - recoveredAtMs)) * 1000,
      waiting,
      movedPerSecond: (moved / (endedAtMs - notedAtMs)) * 1000,
    };
  } finally {
    for await (const { name } of objects.list(bucket, '', 1_000_000)) {
      await objects.remove({ bucket, name });
    }
    await mongo.close();
    await drop();
  }
}

function openObjects(): S3ObjectStore {
  const settings = loadConfig(z.strictObject(objectStoreSettings));
  return new S3ObjectStore({
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    accessKey: settings.S3_ACCESS_KEY.reveal(),
    secretKey: settings.S3_SECRET_KEY.reveal(),
  });
}
