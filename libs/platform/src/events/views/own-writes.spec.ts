import { describe, expect, it } from '@jest/globals';
import { deferred } from '@trunkline/kernel';
import { OwnWrites } from './own-writes.js';

describe('OwnWrites', () => {
  it('knows a write of this process, waits for it, and believes it once', async () => {
    const own = new OwnWrites();
    const write = deferred<void>();
    own.note('agents-v1', 'e1', write.promise);
    const waiting = own.has('agents-v1', 'e1');
    write.resolve();
    await expect(waiting).resolves.toBe(true);
    await expect(own.has('agents-v1', 'e1')).resolves.toBe(false);
  });

  it('says nothing about another view, another event, or a write that failed', async () => {
    const own = new OwnWrites();
    const failed = Promise.reject(new Error('Mongo is away'));
    own.note('agents-v1', 'e1', failed);
    await expect(own.has('versions-v1', 'e1')).resolves.toBe(false);
    await expect(own.has('agents-v1', 'e2')).resolves.toBe(false);
    await expect(own.has('agents-v1', 'e1')).resolves.toBe(false);
  });

  it('waits for who has sent the event and not yet shown it', async () => {
    const own = new OwnWrites();
    const append = deferred<void>();
    own.sending('e1', append.promise);
    const waiting = own.has('agents-v1', 'e1');
    void append.promise.then(() => own.note('agents-v1', 'e1', Promise.resolve('written')));
    append.resolve();
    await expect(waiting).resolves.toBe(true);
  });

  it('does not wait for one who sent it and shows it nowhere', async () => {
    const own = new OwnWrites();
    own.sending('e1', Promise.reject(new Error('conflict')));
    await expect(own.has('agents-v1', 'e1')).resolves.toBe(false);
    await expect(own.sent('e1')).resolves.toBeUndefined();
  });

  it('forgets the oldest when nobody asks', async () => {
    const own = new OwnWrites();
    for (let index = 0; index <= 10_000; index += 1) {
      own.note('agents-v1', `e${index}`, Promise.resolve());
    }
    await expect(own.has('agents-v1', 'e0')).resolves.toBe(false);
    await expect(own.has('agents-v1', 'e10000')).resolves.toBe(true);
  });
});
