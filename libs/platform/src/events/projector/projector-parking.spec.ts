import { describe, expect, it } from '@jest/globals';
import { EventCatalogue } from '@trunkline/contracts';
import type { DeadLetter } from './dead-letters.js';
import { ProjectionFailure } from './projection-failure.js';
import { POISON_LIMIT, Parking } from './projector-parking.js';

const ref = { tenant: 't', aggregate: 'call', id: 'c1' };
const delivered = { ref, streamSeq: 7 };

function parking(publish: (letter: DeadLetter) => Promise<void> = () => Promise.resolve()) {
  return new Parking({ projection: 'x', catalogue: new EventCatalogue([]), publish });
}

async function failTimes(one: Parking, count: number, v: number): Promise<string[]> {
  const outcomes: string[] = [];
  for (let time = 0; time < count; time += 1) {
    outcomes.push(await one.failed(new ProjectionFailure({ ...ref, v }, 'broken'), delivered));
  }
  return outcomes;
}

describe('parking', () => {
  it('parks an aggregate after the eighth failure of one version', async () => {
    const letters: DeadLetter[] = [];
    const one = parking((letter) => Promise.resolve(void letters.push(letter)));
    const outcomes = await failTimes(one, POISON_LIMIT, 3);
    expect(outcomes).toEqual([...Array.from({ length: 7 }, () => 'again'), 'parked']);
    expect(one.isParked(ref)).toBe(true);
    expect(one.isParked({ ...ref, id: 'c2' })).toBe(false);
    expect(letters).toMatchObject([{ state: 'parked', ref, v: 3, streamSeq: 7, reason: 'broken' }]);
  });

  it('counts each version by itself', async () => {
    const one = parking();
    await failTimes(one, POISON_LIMIT - 1, 3);
    await failTimes(one, POISON_LIMIT - 1, 4);
    expect(one.isParked(ref)).toBe(false);
  });

  it('holds nothing back that is not durably parked', async () => {
    const one = parking(() => Promise.reject(new Error('the log is away')));
    await failTimes(one, POISON_LIMIT - 1, 3);
    await expect(failTimes(one, 1, 3)).rejects.toThrow('the log is away');
    expect(one.isParked(ref)).toBe(false);
  });

  it('lets go and counts anew when a note says so', async () => {
    const one = parking();
    await failTimes(one, POISON_LIMIT, 3);
    one.note({ state: 'released', projection: 'x', ref, at: '2026-11-21T08:00:00Z' });
    expect(one.isParked(ref)).toBe(false);
    expect(await failTimes(one, 1, 3)).toEqual(['again']);
  });
});
