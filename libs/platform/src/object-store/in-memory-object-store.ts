import { Readable } from 'node:stream';
import { AppError } from '@trunkline/kernel';
import { collectBytes } from './collect-bytes.js';
import {
  ObjectStore,
  type ListedObject,
  type ObjectCallOptions,
  type ObjectKey,
  type ObjectStat,
  type PutOptions,
} from './object-store.js';

interface Stored {
  readonly bytes: Uint8Array;
  readonly stat: ObjectStat;
}

/** For tests: the same answers as the real one, held to them by the contract suite. */
export class InMemoryObjectStore extends ObjectStore {
  readonly #buckets = new Map<string, Map<string, Stored>>();

  override async put(
    key: ObjectKey,
    body: Uint8Array | Readable,
    options: PutOptions,
  ): Promise<void> {
    const bucket = this.#bucket(key.bucket);
    const limits = { limitMs: options.limitMs ?? 10_000, signal: options.signal };
    const bytes = body instanceof Readable ? await collectBytes(body, limits) : body.slice();
    options.signal?.throwIfAborted();
    const { contentType, metadata = {} } = options;
    const stat = { sizeBytes: bytes.byteLength, contentType, metadata: { ...metadata } };
    bucket.set(key.name, { bytes, stat });
  }

  override async get(key: ObjectKey, options: ObjectCallOptions = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted();
    const stored = this.#bucket(key.bucket).get(key.name);
    if (!stored) throw new AppError('object.missing', { details: { ...key } });
    return stored.bytes.slice();
  }

  override async stat(key: ObjectKey): Promise<ObjectStat | undefined> {
    return this.#bucket(key.bucket).get(key.name)?.stat;
  }

  override async remove(key: ObjectKey): Promise<void> {
    this.#bucket(key.bucket).delete(key.name);
  }

  override async *list(bucket: string, prefix: string, limit: number): AsyncIterable<ListedObject> {
    const names = [...this.#bucket(bucket).keys()].filter((name) => name.startsWith(prefix));
    for (const name of names.toSorted().slice(0, limit)) {
      const stored = this.#bucket(bucket).get(name);
      if (stored) yield { name, sizeBytes: stored.stat.sizeBytes };
    }
  }

  /** A data URL: readable by fetch like the real one, though it never expires. */
  override async presignGet(key: ObjectKey, _ttlMs: number): Promise<string> {
    const bytes = await this.get(key);
    const stat = await this.stat(key);
    return `data:${stat?.contentType ?? ''};base64,${Buffer.from(bytes).toString('base64')}`;
  }

  override async ensureBuckets(buckets: readonly string[]): Promise<void> {
    for (const bucket of buckets) {
      if (!this.#buckets.has(bucket)) this.#buckets.set(bucket, new Map());
    }
  }

  override async ping(): Promise<void> {}

  #bucket(name: string): Map<string, Stored> {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new AppError('store.unavailable', { details: { bucket: name } });
    return bucket;
  }
}
