import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallFact } from '@trunkline/contracts';
import { AppError, systemClock } from '@trunkline/kernel';
import {
  ensureStreams,
  InMemoryObjectStore,
  JetStreamEventStore,
  newEvent,
  nowhere,
  type Position,
} from '@trunkline/platform';
import { startNats, type TestNats } from '@trunkline/testing';
import { DialMemory, eraseCall } from '../../src/app/erasing/erase-call.js';
import { endedBy, startedOn } from '../support/call-facts.js';
import { contextOf } from '../support/door-things.js';

const handedOver: CallFact = {
  type: 'call.transferred',
  data: {
    ...{ kind: 'cold', to: '+15551230003', name: 'Sales', atMs: 1 },
    ...{ outcome: 'connected', reason: null, dial: 'second-leg' },
  },
};
const origin = {
  actor: { kind: 'service', id: 'voice' },
  causationId: 'x',
  correlationId: 'x',
} as const;

/** May be told to be away. */
class FakeDialMemory extends DialMemory {
  readonly forgotten: string[] = [];
  isAway = false;

  override forget(dial: string): Promise<void> {
    if (this.isAway) return Promise.reject(new AppError('service.unavailable'));
    this.forgotten.push(dial);
    return Promise.resolve();
  }
}

describe('forgetting a call', () => {
  let nats: TestNats;
  let store: JetStreamEventStore;
  const objects = new InMemoryObjectStore();

  beforeAll(async () => {
    nats = await startNats();
    const connection = await nats.connect();
    await ensureStreams(connection, { replicas: 1, maxBytes: 16 * 1024 * 1024 });
    store = new JetStreamEventStore(connection);
    await objects.ensureBuckets(['recordings', 'spool']);
  });
  afterAll(() => nats.stop());

  it('tells the log and takes the sound away, however often it is asked', async () => {
    const callId = `c${randomUUID().slice(0, 8)}`;
    const ref = { tenant: 'tenant-1', aggregate: 'call', id: callId };
    const dials = new FakeDialMemory();
    const parts = { store, objects, dials, clock: systemClock };
    const erase = () => eraseCall(parts, callId, contextOf());
    await expect(erase()).rejects.toMatchObject({ code: 'request.not-found' });

    let after: Position = nowhere;
    const append = async (fact: CallFact): Promise<void> => {
      const appended = await store.append({ ref, after, event: newEvent(fact, origin) });
      if (appended.outcome !== 'appended') throw new Error('a conflict');
      after = appended.position;
    };
    await append(startedOn('pod-1'));
    await expect(erase()).rejects.toMatchObject({ code: 'call.not-ended' });
    await append(handedOver);
    await append(endedBy('user_hangup'));
    const keys = [
      { bucket: 'recordings', name: `tenant-1/_adhoc/${callId}.wav` },
      { bucket: 'recordings', name: `tenant-1/_adhoc/${callId}.stereo.wav` },
      { bucket: 'recordings', name: `tenant-1/_adhoc/${callId}.peaks` },
      { bucket: 'spool', name: `tenant-1/${callId}/000000` },
    ];
    for (const key of keys) await objects.put(key, new Uint8Array(1), { contentType: 'audio/wav' });
    dials.isAway = true;
    await expect(erase()).rejects.toMatchObject({ code: 'service.unavailable' });
    dials.isAway = false;
    await erase();
    await erase();
    expect(dials.forgotten).toEqual([callId, 'second-leg', callId, 'second-leg']);
    for (const key of keys) expect(await objects.stat(key)).toBeUndefined();
    const types = (await store.load(ref)).events.map(({ type }) => type);
    expect(types).toEqual(['call.started', 'call.transferred', 'call.ended', 'call.erased']);
    await expect(eraseCall(parts, callId, contextOf('tenant-2'))).rejects.toMatchObject({
      code: 'request.not-found',
    });
  });
});
