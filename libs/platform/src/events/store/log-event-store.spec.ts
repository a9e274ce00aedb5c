import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventSubject, type AggregateRef, type Envelope } from '@trunkline/contracts';
import { InMemoryColdHalf, parcelCatalogue, parcelRef, someone } from '@trunkline/testing';
import { InMemoryHotHalf } from './in-memory-hot-half.js';
import { LogEventStore } from './log-event-store.js';

/** An archiver that moves the aggregate right after the store has read the cold half. */
class MovingCold extends InMemoryColdHalf {
  constructor(readonly move: () => void) {
    super();
  }

  override async read(ref: AggregateRef): Promise<readonly Envelope[]> {
    const found = await super.read(ref);
    this.move();
    return found;
  }
}

function moved(ref: AggregateRef, v: number): Envelope {
  return {
    ...ref,
    eventId: randomUUID(),
    v,
    type: 'parcel.moved',
    schema: 1,
    occurredAt: '2026-01-02T03:04:05.000Z',
    actor: someone.actor,
    causationId: someone.causationId,
    correlationId: someone.correlationId,
    data: { place: `place-${v}` },
  };
}

function putHot(hot: InMemoryHotHalf, event: Envelope): void {
  hot.put(eventSubject(event), new TextEncoder().encode(JSON.stringify(event)));
}

describe('LogEventStore', () => {
  it('reads again when the archiver moved an aggregate between its two reads', async () => {
    const ref = parcelRef();
    const events = [1, 2, 3].map((v) => moved(ref, v));
    const hot = new InMemoryHotHalf();
    // The first event is in neither half for this reader: purged before, archived after.
    for (const event of events.slice(1)) putHot(hot, event);
    let moves = 0;
    const cold = new MovingCold(() => {
      moves += 1;
      if (moves === 1) cold.put(events);
      hot.purge(eventSubject(ref));
    });
    const store = new LogEventStore(hot, { catalogue: parcelCatalogue, cold });
    const history = await store.load(ref);
    expect(history.events.map((event) => event.v)).toEqual([1, 2, 3]);
    expect(history.position).toEqual({ v: 3, hotSeq: 0 });
  });

  it('counts an event that is in both halves once, as the cold one', async () => {
    const ref = parcelRef();
    const hot = new InMemoryHotHalf();
    const cold = new InMemoryColdHalf();
    const [first, second, third] = [1, 2, 3].map((v) => moved(ref, v)) as [
      Envelope,
      Envelope,
      Envelope,
    ];
    putHot(hot, second);
    putHot(hot, third);
    cold.put([first, { ...second, data: { place: 'redacted' } }]);
    const store = new LogEventStore(hot, { catalogue: parcelCatalogue, cold });
    const { events } = await store.load(ref);
    expect(events.map((event) => event.data['place'])).toEqual(['place-1', 'redacted', 'place-3']);
  });

  it('does not take an event of another aggregate that lies on the subject', async () => {
    const ref = parcelRef();
    const hot = new InMemoryHotHalf();
    const foreign = moved(parcelRef('zenith'), 1);
    hot.put(eventSubject(ref), new TextEncoder().encode(JSON.stringify(foreign)));
    const store = new LogEventStore(hot, { catalogue: parcelCatalogue });
    await expect(store.load(ref)).rejects.toMatchObject({ code: 'log.invalid-event' });
  });

  it('says which message is not JSON', async () => {
    const ref = parcelRef();
    const hot = new InMemoryHotHalf();
    hot.put(eventSubject(ref), new TextEncoder().encode('{"eventId":'));
    const store = new LogEventStore(hot, { catalogue: parcelCatalogue });
    await expect(store.load(ref)).rejects.toMatchObject({
      code: 'log.invalid-event',
      details: { reason: 'message 1 is not JSON' },
    });
  });
});
