import { describe, expect, it } from '@jest/globals';
import { deferred } from '@trunkline/kernel';
import { Lanes } from './projector-lanes.js';

describe('lanes', () => {
  it('work on one id in order and on others side by side', async () => {
    const lanes = new Lanes(16);
    const order: string[] = [];
    const gate = deferred<void>();
    lanes.take('a', async () => {
      await gate.promise;
      order.push('a1');
    });
    lanes.take('a', () => Promise.resolve(void order.push('a2')));
    lanes.take('b', () => Promise.resolve(void order.push('b1')));
    await lanes.downTo(2);
    expect(order).toEqual(['b1']);
    gate.resolve();
    await lanes.downTo(0);
    expect(order).toEqual(['b1', 'a1', 'a2']);
    expect(lanes.size).toBe(0);
  });

  it('let everybody go at the end, whatever is left', async () => {
    const lanes = new Lanes(1);
    lanes.take('a', () => new Promise(() => undefined));
    const waiting = lanes.downTo(0);
    lanes.end();
    await waiting;
    expect(lanes.size).toBe(1);
  });
});
