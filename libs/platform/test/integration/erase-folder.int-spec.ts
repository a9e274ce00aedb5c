import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, parcel } from '@trunkline/testing';
import { zstdDecompressSync } from 'node:zlib';
import { vacuumedBy } from '../../src/index.js';
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
    // The server notes a deletion some seconds late; its word counts only after a minute.
    const now = Date.now();
    const vacuum = vacuumedBy(weed.masterUrl, { nowMs: () => now + 60_000 });
    expect(await vacuum?.hasRolled(now + 1)).toBe(false);
    await eventually(() => weed.hasGarbage(), { deadlineMs: 60_000, everyMs: 500 });
    expect(await weed.filesWith(middle)).not.toEqual([]);
    await eventually(() => vacuum?.hasRolled(now) ?? false, { deadlineMs: 60_000, everyMs: 500 });
    expect(await weed.filesWith(middle)).toEqual([]);
    expect(await segmentBytes()).not.toEqual([]);
    expect(await weed.filesWith(Buffer.from(canary))).toEqual([]);
  }, 120_000);

  it('does not believe a master that it cannot ask', async () => {
    const vacuum = vacuumedBy('http://127.0.0.1:1', { nowMs: () => 3_600_000 });
    expect(await vacuum?.hasRolled(0)).toBe(false);
  });
});
