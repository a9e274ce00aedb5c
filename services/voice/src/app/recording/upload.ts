import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import type { ObjectStore, PutOptions } from '@trunkline/platform';

export interface StoredFile {
  readonly key: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface UploadOrder {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const LIMIT_MS = 300_000;

/** One object that is made while it is sent: no second copy of a long call on any disk. */
export class Upload {
  readonly #order: UploadOrder;
  readonly #stream = new PassThrough({ highWaterMark: 256 * 1024 });
  readonly #hash = createHash('sha256');
  readonly #stop = new AbortController();
  readonly #put: Promise<void>;

  constructor(objects: ObjectStore, order: UploadOrder, signal: AbortSignal) {
    this.#order = order;
    const { bucket, key: name, sizeBytes, contentType, metadata } = order;
    const options: PutOptions = {
      ...{ contentType, sizeBytes, metadata, limitMs: LIMIT_MS },
      signal: AbortSignal.any([signal, this.#stop.signal]),
    };
    this.#put = objects.put({ bucket, name }, this.#stream, options);
    // Heard at `done`; until then a failure only stops the stream.
    this.#put.catch(() => this.#stream.destroy());
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    if (this.#stream.write(bytes)) return;
    // A put that has failed never drains.
    await Promise.race([once(this.#stream, 'drain'), this.#put]);
  }

  async done(): Promise<StoredFile> {
    this.#stream.end();
    await this.#put;
    const { key, sizeBytes } = this.#order;
    return { key, sizeBytes, sha256: this.#hash.digest('hex') };
  }

  /** The order of the others failed: this one is not finished either. */
  async giveUp(reason: unknown): Promise<void> {
    this.#stop.abort(reason);
    await Promise.allSettled([this.#put]);
  }
}
