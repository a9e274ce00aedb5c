import { describe, expect, it } from '@jest/globals';
import { Channel } from './channel.js';

async function drain<T>(channel: Channel<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of channel) items.push(item);
  return items;
}

describe('Channel', () => {
  it('keeps the order and ends after what is queued', async () => {
    const channel = new Channel<number>({ capacity: 4, whenFull: 'wait' });
    for (const item of [1, 2, 3]) await channel.push(item);
    channel.close();
    await expect(drain(channel)).resolves.toEqual([1, 2, 3]);
  });

  it('hands an error over after what is queued, and loses neither', async () => {
    const channel = new Channel<number>({ capacity: 4, whenFull: 'wait' });
    await channel.push(1);
    channel.fail(new Error('broken'));
    const seen: number[] = [];
    const reading = (async () => {
      for await (const item of channel) seen.push(item);
    })();
    await expect(reading).rejects.toThrow('broken');
    expect(seen).toEqual([1]);
  });

  it('makes a writer wait when it is full under "wait"', async () => {
    const channel = new Channel<number>({ capacity: 1, whenFull: 'wait' });
    await channel.push(1);
    const second = channel.push(2);
    const reading = drain(channel);
    await expect(second).resolves.toBe(true);
    channel.close();
    await expect(reading).resolves.toEqual([1, 2]);
  });

  it('drops the oldest and counts it under "drop-oldest"', async () => {
    const channel = new Channel<number>({ capacity: 2, whenFull: 'drop-oldest' });
    for (const item of [1, 2, 3]) await channel.push(item);
    channel.close();
    expect(channel.droppedCount).toBe(1);
    await expect(drain(channel)).resolves.toEqual([2, 3]);
  });

  it('refuses under "refuse"', async () => {
    const channel = new Channel<number>({ capacity: 1, whenFull: 'refuse' });
    await expect(channel.push(1)).resolves.toBe(true);
    await expect(channel.push(2)).resolves.toBe(false);
    expect(channel.offer(3)).toBe(false);
  });

  it('releases waiting writers when the reader leaves', async () => {
    const channel = new Channel<number>({ capacity: 1, whenFull: 'wait' });
    await channel.push(1);
    const second = channel.push(2);
    const third = channel.push(3);
    for await (const item of channel) if (item === 1) break;
    await expect(third).resolves.toBe(false);
    await second;
    expect(channel.size).toBeLessThanOrEqual(1);
  });
});
