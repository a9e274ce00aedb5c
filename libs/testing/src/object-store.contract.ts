import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deferred } from '@trunkline/kernel';
import type { ListedObject, ObjectStore } from '@trunkline/platform';

export interface ObjectStoreUnderTest {
  readonly store: ObjectStore;
  /** Of the test alone; the suite creates it and empties it. */
  readonly bucket: string;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const bytesOf = (value: string): Uint8Array => new Uint8Array(Buffer.from(value));
const asText = { contentType: 'text/plain' };

async function namesIn(items: AsyncIterable<ListedObject>): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of items) names.push(name);
  return names;
}

/** What every object store has to do, whatever is under it. */
export function objectStoreContract(name: string, open: () => Promise<ObjectStoreUnderTest>): void {
  describe(`object store: ${name}`, () => {
    let store: ObjectStore;
    let bucket: string;
    const key = (objectName: string) => ({ bucket, name: objectName });

    beforeAll(async () => {
      ({ store, bucket } = await open());
      await store.ensureBuckets([bucket]);
    });

    afterAll(async () => {
      for (const objectName of await namesIn(store.list(bucket, '', 1000))) {
        await store.remove(key(objectName));
      }
    });

    it('gives back what was put, with type, size and metadata', async () => {
      const metadata = { tenant: 't1', 'sha-256': 'abc' };
      await store.put(key('a/one.txt'), bytesOf('hällo'), { ...asText, metadata });
      expect(text(await store.get(key('a/one.txt')))).toBe('hällo');
      await expect(store.stat(key('a/one.txt'))).resolves.toMatchObject({
        sizeBytes: 6,
        contentType: 'text/plain',
        metadata,
      });
    });

    it('keeps an empty object', async () => {
      await store.put(key('empty'), new Uint8Array(0), asText);
      expect((await store.get(key('empty'))).byteLength).toBe(0);
    });

    it('replaces what was there', async () => {
      await store.put(key('twice'), bytesOf('first, and longer'), asText);
      await store.put(key('twice'), bytesOf('second'), { contentType: 'text/html' });
      expect(text(await store.get(key('twice')))).toBe('second');
      await expect(store.stat(key('twice'))).resolves.toMatchObject({ contentType: 'text/html' });
    });

    it('takes a stream of a known and of an unknown size', async () => {
      const body = new Uint8Array(randomBytes(300_000));
      const halves = [body.subarray(0, 100_000), body.subarray(100_000)];
      await store.put(key('sized'), Readable.from(halves), {
        ...asText,
        sizeBytes: body.byteLength,
      });
      await store.put(key('unsized'), Readable.from(halves), asText);
      for (const objectName of ['sized', 'unsized']) {
        expect(Buffer.from(await store.get(key(objectName))).equals(Buffer.from(body))).toBe(true);
      }
    });

    it('takes a stream that is larger than one part', async () => {
      const chunk = new Uint8Array(randomBytes(1024 * 1024));
      const chunks = Array.from({ length: 11 }, () => chunk);
      await store.put(key('large'), Readable.from(chunks), asText);
      const stat = await store.stat(key('large'));
      expect(stat?.sizeBytes).toBe(11 * 1024 * 1024);
    });

    it('tells a missing object from everything else', async () => {
      await expect(store.get(key('nothing'))).rejects.toMatchObject({ code: 'object.missing' });
      await expect(store.stat(key('nothing'))).resolves.toBeUndefined();
      await expect(store.remove(key('nothing'))).resolves.toBeUndefined();
    });

    it('forgets what was removed', async () => {
      await store.put(key('gone'), bytesOf('x'), asText);
      await store.remove(key('gone'));
      await expect(store.stat(key('gone'))).resolves.toBeUndefined();
    });

    it('lists by prefix, in order, at most the limit', async () => {
      for (const objectName of ['list/b', 'list/a/deep', 'list/c', 'other/d']) {
        await store.put(key(objectName), bytesOf(objectName), asText);
      }
      const all = await namesIn(store.list(bucket, 'list/', 100));
      expect(all).toEqual(['list/a/deep', 'list/b', 'list/c']);
      expect(await namesIn(store.list(bucket, 'list/', 2))).toEqual(['list/a/deep', 'list/b']);
      expect(await namesIn(store.list(bucket, 'none/', 100))).toEqual([]);
    });

    it('signs a URL that anybody can read with', async () => {
      await store.put(key('signed'), bytesOf('for you'), asText);
      const answer = await fetch(await store.presignGet(key('signed'), 60_000));
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe('for you');
    });

    it('takes 50 puts at once', async () => {
      const body = new Uint8Array(randomBytes(20_000));
      const names = Array.from({ length: 50 }, (_, index) => `many/${index}`);
      await Promise.all(names.map((objectName) => store.put(key(objectName), body, asText)));
      expect(await namesIn(store.list(bucket, 'many/', 100))).toHaveLength(50);
    });

    it('ends with the reason of the caller, and leaves nothing', async () => {
      const controller = new AbortController();
      const started = deferred<void>();
      const endless = Readable.from(
        (async function* () {
          yield bytesOf('a');
          started.resolve();
          await deferred<never>().promise;
        })(),
      );
      const putting = store.put(key('aborted'), endless, { ...asText, signal: controller.signal });
      await started.promise;
      controller.abort('hung up');
      await expect(putting).rejects.toBe('hung up');
      expect(endless.destroyed).toBe(true);
      await expect(store.stat(key('aborted'))).resolves.toBeUndefined();
    });

    it('ends at its limit when the body never comes', async () => {
      const silent = new Readable({ read: () => undefined });
      const putting = store.put(key('silent'), silent, { ...asText, limitMs: 50 });
      await expect(putting).rejects.toMatchObject({ code: 'store.unavailable', retryable: true });
      expect(silent.destroyed).toBe(true);
    });

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
}
