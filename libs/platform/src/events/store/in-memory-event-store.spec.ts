import { describe, expect, it } from '@jest/globals';
import { InMemoryColdHalf, parcel, parcelCatalogue, parcelRef, someone } from '@trunkline/testing';
import { eventStoreContract } from '@trunkline/testing/contracts';
import { nowhere } from './event-store.js';
import { newEvent } from './handle-command.js';
import { InMemoryEventStore } from './in-memory-event-store.js';
import { InMemoryHotHalf } from './in-memory-hot-half.js';
import type { EventStoreOptions } from './log-event-store.js';

eventStoreContract('InMemoryEventStore', async () => {
  const hot = new InMemoryHotHalf();
  const cold = new InMemoryColdHalf();
  const store = new InMemoryEventStore({ catalogue: parcelCatalogue, cold }, hot);
  return {
    store,
    storeWithoutCold: new InMemoryEventStore({ catalogue: parcelCatalogue }, hot),
    cold,
    put: async (event) => store.put(event),
    purge: async (ref) => store.purge(ref),
  };
});

describe('InMemoryEventStore: faults', () => {
  const open = (limits: EventStoreOptions['limits'] = {}) =>
    new InMemoryEventStore({ catalogue: parcelCatalogue, limits });
  const posting = (ref = parcelRef()) => ({
    ref,
    after: nowhere,
    event: newEvent(parcel.posted(), someone),
  });

  it('settles lost acknowledgements as appended, once', async () => {
    const store = open();
    store.faults.lostAcks = 1;
    await expect(store.append(posting())).resolves.toMatchObject({ outcome: 'appended' });
    expect(store.stored).toHaveLength(1);
  });

  it('publishes again what was never stored', async () => {
    const store = open();
    store.faults.lostPublishes = 2;
    await expect(store.append(posting())).resolves.toMatchObject({ outcome: 'appended' });
    expect(store.stored).toHaveLength(1);
  });

  it('knows its own event when a late publish makes its repetition a mismatch', async () => {
    const store = open();
    store.faults.latePublishes = 1;
    const result = await store.append(posting());
    expect(store.stored).toHaveLength(1);
    expect(result).toMatchObject({ outcome: 'appended', event: store.stored[0] });
  });

  it('answers a conflict when its publish was lost and somebody else won', async () => {
    const store = open();
    const ref = parcelRef();
    await store.append(posting(ref));
    store.faults.lostPublishes = 1;
    await expect(store.append(posting(ref))).resolves.toEqual({ outcome: 'conflict' });
  });

  it.each([
    ['full', 'log.full'],
    ['unavailable', 'log.unavailable'],
    ['frozen', 'log.unknown'],
  ] as const)('when %s answers %s, and recovers', async (fault, code) => {
    const store = open({ unreachableMs: 20, settleWithinMs: 80 });
    store.faults[fault] = true;
    const append = posting();
    await expect(store.append(append)).rejects.toMatchObject({ code, retryable: true });
    expect(store.stored).toEqual([]);
    store.faults[fault] = false;
    await expect(store.append(append)).resolves.toMatchObject({ outcome: 'appended' });
  });

  it('does not know when the log fills up while a publish is on its way', async () => {
    const store = open();
    store.faults.lostPublishes = 1;
    const appending = store.append(posting());
    await Promise.resolve();
    store.faults.full = true;
    await expect(appending).rejects.toMatchObject({ code: 'log.unknown' });
  });

  it('tells a caller who leaves meanwhile that the outcome is not known', async () => {
    const store = open();
    store.faults.frozen = true;
    const controller = new AbortController();
    const appending = store.append({ ...posting(), signal: controller.signal });
    controller.abort('gone');
    await expect(appending).rejects.toMatchObject({ code: 'log.unknown' });
  });
});
