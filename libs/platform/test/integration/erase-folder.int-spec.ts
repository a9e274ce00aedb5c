import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, parcel } from '@trunkline/testing';
import { zstdDecompressSync } from 'node:zlib';
import { archiverOf, closedParcels, startArchiveWorld, type ArchiveWorld } from '../archive-kit.js';
import { startWeed, type OwnWeed } from '../own-weed.js';
import { eventOf, newParcel, publish, publishAll } from '../projector-kit.js';

const bucket = 'log';
let world: ArchiveWorld;
let weed: OwnWeed;

beforeAll(async () => {
  weed = await startWeed();
  await weed.objects.ensureBuckets([bucket]);
  world = await startArchiveWorld();
}, 90_000);
afterAll(async () => {
  await world.stop();
  await weed.stop();
});

/** The segments are compressed, so their own bytes are looked for, not the canary. */
async function segmentBytes(): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const { name } of weed.objects.list(bucket, '', 100)) {
    if (name.endsWith('.zst')) found.push(await weed.objects.get({ bucket, name }));
  }
  return found;
}

describe('Eraser', () => {
  it("leaves the former segment nowhere in the object store's folder after a vacuum", async () => {
    const canary = `canary-${randomUUID()}`;
    const ref = newParcel(world);
    await publishAll(world, ref, [parcel.posted(canary), parcel.delivered(canary)]);
    // Enough that stays, as in a real volume: the server's own threshold is never reached.
    await closedParcels(world, 40);
    const archiver = await archiverOf(world, { objects: weed.objects, bucket });
    await archiver.runOnce();
    const [former] = await segmentBytes();
    expect(zstdDecompressSync(former!).includes(canary)).toBe(true);
    const middle = former!.subarray(former!.byteLength / 2, former!.byteLength / 2 + 48);
    await eventually(async () => expect(await weed.filesWith(middle)).not.toEqual([]));
    await publish(world, eventOf(ref, 3, parcel.erased()));
    await archiver.runOnce();
    for (const bytes of await segmentBytes()) {
      expect(zstdDecompressSync(bytes).includes(canary)).toBe(false);
    }
    // The server notes a deletion some seconds late; a vacuum before that frees nothing.
    const freed = async (): Promise<void> => {
      await weed.vacuum();
      expect(await weed.filesWith(middle)).toEqual([]);
    };
    await eventually(freed, { deadlineMs: 60_000, everyMs: 500 });
    expect(await segmentBytes()).not.toEqual([]);
    expect(await weed.filesWith(Buffer.from(canary))).toEqual([]);
  }, 120_000);
});
