import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parcel } from '@trunkline/testing';
import { Kvm } from '@nats-io/kv';
import { zstdDecompressSync } from 'node:zlib';
import type { ArchiverStep } from '../../src/index.js';
import {
  archiverOf,
  closedParcel,
  closedParcels,
  histories,
  hotCount,
  newViews,
  startArchiveWorld,
  type ArchiveWorld,
} from '../archive-kit.js';
import { emptyLog, eventOf, newParcel, publish, publishAll } from '../projector-kit.js';

let world: ArchiveWorld;

beforeAll(async () => {
  world = await startArchiveWorld();
});
beforeEach(() => {
  world.views = newViews();
});
afterEach(async () => {
  await emptyLog(world);
  const { bucket, objects } = world;
  for await (const { name } of objects.list(bucket, '', 10_000)) {
    await objects.remove({ bucket, name });
  }
  for (const name of ['log_cold', 'log_closed', 'log_erasures', 'log_intents']) {
    await world.mongo.platformCollection(name).deleteMany({});
  }
});
afterAll(async () => {
  await world.stop();
});

/** What happens to a holder that the system stops for longer than its lease lasts. */
async function loseLease(): Promise<void> {
  const leases = await new Kvm(world.nc).open('leases');
  await leases.delete('archiver');
}

/** Does `meanwhile` without the lease when it comes to the step, and then goes on. */
async function frozenAt(at: ArchiverStep, meanwhile: () => Promise<unknown>) {
  let isFrozen = false;
  return archiverOf(world, {
    afterStep: async (step) => {
      if (step !== at || isFrozen) return;
      isFrozen = true;
      await loseLease();
      await meanwhile();
    },
  });
}

async function objectText(name: string): Promise<string> {
  const bytes = await world.objects.get({ bucket: world.bucket, name });
  return (name.endsWith('.zst') ? zstdDecompressSync(bytes) : Buffer.from(bytes)).toString();
}

async function objectsWith(canary: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of world.objects.list(world.bucket, '', 10_000)) {
    if ((await objectText(name)).includes(canary)) found.push(name);
  }
  return found;
}

const steps: readonly ArchiverStep[] = ['intended', 'data', 'manifest', 'verified', 'indexed'];

describe('an archiver that wakes after its successor has cleaned up', () => {
  it.each(steps)('at "%s" leaves every aggregate readable, once', async (at) => {
    const refs = await closedParcels(world, 4);
    const before = await histories(world, refs);
    const successor = await archiverOf(world);
    const woken = await frozenAt(at, () => successor.runOnce());
    await Promise.allSettled([woken.runOnce()]);
    expect(await histories(world, refs)).toEqual(before);
    await successor.rebuildIndex();
    expect(await histories(world, refs)).toEqual(before);
    const ids: string[] = [];
    for await (const { eventId } of world.cold.all({ tenant: world.tenant })) ids.push(eventId);
    expect(ids).toHaveLength(refs.length * 3);
    for (const ref of refs) expect(await hotCount(world, ref)).toBe(0);
    expect(await successor.sweepOrphans()).toBe(0);
  });

  it.each(steps)('at "%s" of a rewrite brings nobody back who was forgotten', async (at) => {
    const canary = `canary-${randomUUID()}`;
    const first = newParcel(world);
    const second = newParcel(world);
    for (const ref of [first, second]) {
      await publishAll(world, ref, [parcel.posted(canary), parcel.delivered(canary)]);
    }
    await closedParcel(world);
    const successor = await archiverOf(world);
    await successor.runOnce();
    await publish(world, eventOf(first, 3, parcel.erased()));
    const woken = await frozenAt(at, async () => {
      await publish(world, eventOf(second, 3, parcel.erased()));
      await successor.runOnce();
    });
    await Promise.allSettled([woken.runOnce()]);
    expect(await objectsWith(canary)).toEqual([]);
    for (const ref of [first, second]) {
      expect((await world.store.load(ref)).events.map(({ v }) => v)).toEqual([1, 2, 3]);
    }
    expect(await successor.rebuildIndex()).toBe(1);
    expect(await objectsWith(canary)).toEqual([]);
    expect((await world.store.load(second)).events).toHaveLength(3);
  });

  it('builds log_cold without the manifests whose data is gone', async () => {
    const refs = await closedParcels(world, 2);
    const archiver = await archiverOf(world);
    await archiver.runOnce();
    const before = await histories(world, refs);
    const { bucket, objects } = world;
    for await (const { name } of objects.list(bucket, '', 100)) {
      if (!name.endsWith('.json')) continue;
      const manifest = JSON.parse(await objectText(name)) as object;
      const body = Buffer.from(JSON.stringify({ ...manifest, generation: 2 }));
      const later = { bucket, name: name.replace('.g1.', '.g2.') };
      await objects.put(later, body, { contentType: 'application/json' });
    }
    expect(await archiver.rebuildIndex()).toBe(1);
    expect(await histories(world, refs)).toEqual(before);
  });
});
