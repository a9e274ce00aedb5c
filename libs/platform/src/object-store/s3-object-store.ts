import { Readable } from 'node:stream';
import { AppError, isAppError, withDeadline } from '@trunkline/kernel';
import { Client } from 'minio';
import { collectBytes } from './collect-bytes.js';
import {
  ObjectStore,
  type ListedObject,
  type ObjectCallOptions,
  type ObjectKey,
  type ObjectStat,
  type PutOptions,
} from './object-store.js';
import { boundedAgent } from './bounded-agent.js';

export interface S3Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** The host that presigned URLs name, where browsers reach the store by another one. */
  readonly publicEndpoint?: string;
  readonly limitMs?: number;
}

const DEFAULT_LIMIT_MS = 10_000;
/** A put whose size is known and smaller is one request; a stream without size buffers this much. */
const PART_BYTES = 8 * 1024 * 1024;
const MISSING = new Set(['NoSuchKey', 'NotFound', 'NoSuchVersion']);
const REFUSED = new Set([
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'NoSuchBucket',
]);

/** Any S3 server through the minio client: SeaweedFS embedded, MinIO in a cluster. */
export class S3ObjectStore extends ObjectStore {
  readonly #client: Client;
  readonly #presigner: Client;
  readonly #settings: S3Settings;

  constructor(settings: S3Settings) {
    super();
    this.#settings = settings;
    this.#client = clientOf(settings, settings.endpoint);
    this.#presigner = clientOf(settings, settings.publicEndpoint ?? settings.endpoint);
  }

  override async put(
    key: ObjectKey,
    body: Uint8Array | Readable,
    options: PutOptions,
  ): Promise<void> {
    const headers = { ...options.metadata, 'Content-Type': options.contentType };
    const source = body instanceof Readable ? body : Buffer.from(body);
    const sizeBytes = options.sizeBytes ?? (body instanceof Readable ? undefined : body.byteLength);
    try {
      await this.#call(options, () =>
        this.#client.putObject(key.bucket, key.name, source, sizeBytes, headers),
      );
    } finally {
      if (body instanceof Readable) body.destroy();
    }
  }

  override async get(key: ObjectKey, options: ObjectCallOptions = {}): Promise<Uint8Array> {
    const source = await this.#call(options, () => this.#client.getObject(key.bucket, key.name));
    const limits = { limitMs: this.#limitMs(options), signal: options.signal };
    try {
      return await collectBytes(source, limits);
    } catch (error) {
      throw translate(error, options.signal);
    }
  }

  override async stat(
    key: ObjectKey,
    options: ObjectCallOptions = {},
  ): Promise<ObjectStat | undefined> {
    try {
      const stat = await this.#call(options, () => this.#client.statObject(key.bucket, key.name));
      const { 'content-type': contentType = '', ...metadata } = stat.metaData as Record<
        string,
        string
      >;
      return { sizeBytes: stat.size, contentType, metadata };
    } catch (error) {
      if (isAppError(error) && error.code === 'object.missing') return undefined;
      throw error;
    }
  }

  override async remove(key: ObjectKey, options: ObjectCallOptions = {}): Promise<void> {
    await this.#call(options, () => this.#client.removeObject(key.bucket, key.name));
  }

  override async *list(bucket: string, prefix: string, limit: number): AsyncIterable<ListedObject> {
    const found = this.#client.listObjectsV2(bucket, prefix, true);
    const items = found[Symbol.asyncIterator]();
    let taken = 0;
    try {
      while (taken < limit) {
        const next = await this.#call({}, () => items.next());
        if (next.done) return;
        const { name, size } = next.value as { name?: string; size: number };
        if (name === undefined) continue;
        yield { name, sizeBytes: size };
        taken += 1;
      }
    } finally {
      found.destroy();
    }
  }

  override async presignGet(key: ObjectKey, ttlMs: number): Promise<string> {
    const ttlSeconds = Math.max(1, Math.floor(ttlMs / 1000));
    return this.#call({}, () =>
      this.#presigner.presignedGetObject(key.bucket, key.name, ttlSeconds),
    );
  }

  override async ensureBuckets(buckets: readonly string[]): Promise<void> {
    for (const bucket of buckets) {
      const exists = await this.#call({}, () => this.#client.bucketExists(bucket));
      if (!exists) await this.#createBucket(bucket);
    }
  }

  override async ping(signal?: AbortSignal): Promise<void> {
    await this.#call({ limitMs: 2000, signal }, () => this.#client.listBuckets());
  }

  /** Another replica may create it at the same moment. */
  async #createBucket(bucket: string): Promise<void> {
    try {
      await this.#client.makeBucket(bucket, this.#settings.region);
    } catch (error) {
      if (await this.#call({}, () => this.#client.bucketExists(bucket))) return;
      throw translate(error);
    }
  }

  async #call<T>(options: ObjectCallOptions, work: () => Promise<T>): Promise<T> {
    const limits = {
      limitMs: this.#limitMs(options),
      code: 'store.unavailable',
      signal: options.signal,
    };
    try {
      return await withDeadline(limits, work);
    } catch (error) {
      throw translate(error, options.signal);
    }
  }

  #limitMs(options: ObjectCallOptions): number {
    return options.limitMs ?? this.#settings.limitMs ?? DEFAULT_LIMIT_MS;
  }
}

function clientOf(settings: S3Settings, endpoint: string): Client {
  const url = new URL(endpoint);
  const useSSL = url.protocol === 'https:';
  return new Client({
    endPoint: url.hostname,
    port: Number(url.port) || (useSSL ? 443 : 80),
    useSSL,
    accessKey: settings.accessKey,
    secretKey: settings.secretKey,
    // With the region set, presigning makes no request.
    region: settings.region,
    partSize: PART_BYTES,
    pathStyle: true,
    // Its own retries would print to the console and outlive our deadline.
    retryOptions: { disableRetry: true },
    transportAgent: boundedAgent(useSSL),
  });
}

function translate(error: unknown, signal?: AbortSignal): unknown {
  if (isAppError(error) || (signal?.aborted && error === signal.reason)) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  if (MISSING.has(code)) return new AppError('object.missing', { cause: error });
  const retryable = !REFUSED.has(code);
  return new AppError('store.unavailable', { retryable, cause: error });
}
