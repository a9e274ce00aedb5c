import type { ObjectKey, ObjectStore } from '@trunkline/platform';
import { DocumentTexts } from '../app/ports.js';

const LIMIT_MS = 5000;

/** The texts of documents in the bucket `agents`. */
export class StoredTexts extends DocumentTexts {
  readonly #objects: ObjectStore;

  constructor(objects: ObjectStore) {
    super();
    this.#objects = objects;
  }

  override store(key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    return this.#objects.put(keyOf(key), bytes, {
      contentType: 'text/plain; charset=utf-8',
      sizeBytes: bytes.byteLength,
      limitMs: LIMIT_MS,
      signal,
    });
  }

  override async read(key: string, signal?: AbortSignal): Promise<string> {
    const bytes = await this.#objects.get(keyOf(key), { limitMs: LIMIT_MS, signal });
    return Buffer.from(bytes).toString('utf8');
  }

  override remove(key: string, signal?: AbortSignal): Promise<void> {
    return this.#objects.remove(keyOf(key), { limitMs: LIMIT_MS, signal });
  }
}

function keyOf(name: string): ObjectKey {
  return { bucket: 'agents', name };
}
