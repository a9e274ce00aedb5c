import { describe, expect, it } from '@jest/globals';
import { deferred } from '@trunkline/kernel';
import { ShortMemory } from './short-memory.js';

describe('a short memory', () => {
  let nowMs = 0;
  const clock = { nowMs: () => nowMs };
  const open = (capacity = 2) => new ShortMemory<string>({ lifetimeMs: 100, capacity, clock });
  const say = (text: string) => (): Promise<string> => Promise.resolve(text);

  it('remembers for its lifetime, counted from before the read', async () => {
    const memory = open();
    await memory.get('a', () => {
      nowMs += 60;
      return Promise.resolve('old');
    });
    nowMs += 39;
    expect(await memory.get('a', say('new'))).toBe('old');
    nowMs += 1;
    expect(await memory.get('a', say('new'))).toBe('new');
  });

  it('remembers no refusal', async () => {
    const memory = open();
    await expect(memory.get('a', () => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
    expect(await memory.get('a', say('yes'))).toBe('yes');
  });

  it('keeps no answer that was being read when everything was forgotten', async () => {
    const memory = open();
    const slow = deferred<string>();
    const reading = memory.get('a', () => slow.promise);
    memory.clear();
    slow.resolve('before');
    expect(await reading).toBe('before');
    expect(await memory.get('a', say('after'))).toBe('after');
  });

  it('forgets the oldest when it is full', async () => {
    const memory = open(2);
    for (const key of ['a', 'b', 'c']) await memory.get(key, say(key));
    expect(await memory.get('c', say('x'))).toBe('c');
    expect(await memory.get('a', say('x'))).toBe('x');
  });
});
