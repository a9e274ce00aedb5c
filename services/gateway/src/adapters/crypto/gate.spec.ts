import { describe, expect, it } from '@jest/globals';
import { deferred } from '@trunkline/kernel';
import { Gate } from './gate.js';

describe('a gate', () => {
  it('lets as many through at once as it is wide, in order, and refuses a crowd', async () => {
    const gate = new Gate({ width: 2, maxWaiting: 1 });
    const doors = [deferred<void>(), deferred<void>(), deferred<void>()];
    const entered: number[] = [];
    const pass = (index: number): Promise<void> =>
      gate.pass(async () => {
        entered.push(index);
        await doors[index]?.promise;
      });
    const passing = [pass(0), pass(1), pass(2)];
    await expect(pass(3)).rejects.toMatchObject({ code: 'service.unavailable' });
    expect(entered).toEqual([0, 1]);
    doors[1]?.resolve();
    doors[2]?.resolve();
    await Promise.all([passing[1], passing[2]]);
    expect(entered).toEqual([0, 1, 2]);
    doors[0]?.resolve();
    await passing[0];
  });

  it('grows no wider by handing a place over', async () => {
    const gate = new Gate({ width: 1, maxWaiting: 2 });
    const doors = [deferred<void>(), deferred<void>()];
    const passing = doors.map((door) => gate.pass(() => door.promise));
    doors[0]?.resolve();
    await passing[0];
    let isInside = false;
    const third = gate.pass(() => Promise.resolve((isInside = true)));
    await Promise.resolve();
    expect(isInside).toBe(false);
    doors[1]?.resolve();
    expect(await third).toBe(true);
  });

  it('is free again after a failure', async () => {
    const gate = new Gate({ width: 1, maxWaiting: 0 });
    const failing = gate.pass(() => Promise.reject(new RangeError('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await gate.pass(() => Promise.resolve('in'))).toBe('in');
  });
});
