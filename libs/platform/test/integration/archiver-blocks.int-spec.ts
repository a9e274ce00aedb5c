import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventSubject, type AggregateRef } from '@trunkline/contracts';
import { eventually, filesWith, parcel } from '@trunkline/testing';
import type { ArchiverStep } from '../../src/index.js';
import { archiverOf, hotCount, startArchiveWorld, type ArchiveWorld } from '../archive-kit.js';
import { eventOf, newParcel, publish } from '../projector-kit.js';

const HOUR_MS = 3_600_000;
const COUNT = 4_000;
const canary = `canary-${randomUUID()}`;
/** So that 4,000 parcels fill five of the server's files. */
const place = 'Utrecht, sorting office 4. '.repeat(300);

let world: ArchiveWorld;

beforeAll(async () => {
  world = await startArchiveWorld({ syncInterval: '1s' });
});
afterAll(() => world?.stop());

/** One in fifty stays open; the last answer means that all are stored. */
async function fillLog(): Promise<AggregateRef[]> {
  const closed: AggregateRef[] = [];
  for (let index = 0; index < COUNT; index += 1) {
    const ref = newParcel(world);
    const facts = [parcel.posted(), parcel.moved(place), parcel.delivered(canary)];
    const isOpen = index % 50 === 0;
    for (const [at, fact] of facts.slice(0, isOpen ? 2 : 3).entries()) {
      const event = eventOf(ref, at + 1, fact);
      world.nc.publish(eventSubject(event), JSON.stringify(event));
    }
    if (!isOpen) closed.push(ref);
    if (index % 200 === 199) await world.nc.flush();
  }
  await publish(world, eventOf(newParcel(world), 1, parcel.posted()));
  return closed;
}

it('purges by the thousand without overwriting, and the server forgets the bytes', async () => {
  const closed = await fillLog();
  const files = join(world.nats.dir, 'js');
  const before = await filesWith(files, canary);
  expect(before.length).toBeGreaterThanOrEqual(4);
  const steps: ArchiverStep[] = [];
  world.clock.aheadMs = 73 * HOUR_MS;
  const archiver = await archiverOf(world, { afterStep: (step) => void steps.push(step) });
  const { archive } = await archiver.runOnce();
  expect(archive.aggregates).toBeGreaterThan(COUNT / 3);
  expect(archive.aggregates + archive.kept.neighbours).toBe(closed.length);
  expect(steps).not.toContain('overwritten-one');
  const [first, last] = [closed[0]!, closed.at(-1)!];
  expect([await hotCount(world, first), await hotCount(world, last)]).toEqual([0, 3]);
  for (const ref of [first, last]) expect((await world.store.load(ref)).events).toHaveLength(3);
  // The last files hold those that wait; each of the others the server writes anew.
  const waiting = archive.kept.neighbours / closed.length;
  const mayStay = Math.ceil(waiting * before.length) + 1;
  await eventually(async () => {
    const after = await filesWith(files, canary);
    expect(after.length).toBeLessThanOrEqual(mayStay);
    expect(after).not.toContain(before[0]);
  });
}, 60_000);
