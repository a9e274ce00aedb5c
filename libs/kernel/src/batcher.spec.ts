import { describe, expect, it } from '@jest/globals';
import { Batcher } from './batcher.js';
import { deferred } from './deferred.js';

const doubled = (items: readonly number[]): PromiseSettledResult<number>[] =>
  items.map((item) => ({ status: 'fulfilled', value: item * 2 }));

describe('Batcher', () => {
  it('makes one call of what is asked in the same moment, and answers each its own', async () => {
    const batches: number[][] = [];
    const batcher = new Batcher<number, number>({
      maxItems: 10,
      maxRunning: 1,
      run: async (items) => {
        batches.push([...items]);
        return doubled(items);
      },
    });
    const answers = await Promise.all([1, 2, 3].map((item) => batcher.add(item)));
    expect([answers, batches]).toEqual([[2, 4, 6], [[1, 2, 3]]]);
  });

  it('collects the next batch while one runs, no larger than allowed', async () => {
    const gate = deferred<void>();
    const sizes: number[] = [];
    const batcher = new Batcher<number, number>({
      maxItems: 2,
      maxRunning: 1,
      run: async (items) => {
        sizes.push(items.length);
        await gate.promise;
        return doubled(items);
      },
    });
    const answers = [1, 2, 3, 4, 5].map((item) => batcher.add(item));
    gate.resolve();
    await Promise.all(answers);
    expect(sizes).toEqual([2, 2, 1]);
  });

  it('rejects only the item that failed', async () => {
    const batcher = new Batcher<number, number>({
      maxItems: 10,
      maxRunning: 1,
      run: async (items) =>
        items.map((item) =>
          item === 2
            ? { status: 'rejected', reason: new Error('two') }
            : { status: 'fulfilled', value: item },
        ),
    });
    const [one, two] = await Promise.allSettled([batcher.add(1), batcher.add(2)]);
    expect(one).toEqual({ status: 'fulfilled', value: 1 });
    expect(two).toMatchObject({ status: 'rejected' });
  });

  it('rejects all of a batch that could not run, and goes on with the next', async () => {
    let runs = 0;
    const batcher = new Batcher<number, number>({
      maxItems: 10,
      maxRunning: 1,
      run: async (items) => {
        runs += 1;
        if (runs === 1) throw new Error('away');
        return doubled(items);
      },
    });
    await expect(batcher.add(1)).rejects.toThrow('away');
    await expect(batcher.add(1)).resolves.toBe(2);
  });
});
