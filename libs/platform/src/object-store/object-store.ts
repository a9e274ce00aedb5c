import type { Readable } from 'node:stream';

export interface ObjectKey {
  readonly bucket: string;
  readonly name: string;
}

export interface ObjectCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Instead of the store's own limit, e.g. for a long recording. */
  readonly limitMs?: number;
}

export interface PutOptions extends ObjectCallOptions {
  readonly contentType: string;
  /** Give it whenever it is known: a stream without it is buffered part by part. */
  readonly sizeBytes?: number;
  /** Keys in lower case, values printable ASCII. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface ObjectStat {
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ListedObject {
  readonly name: string;
  readonly sizeBytes: number;
}

/**
 * Files by bucket and name. A put is acknowledged when it is durable and replaces what was
 * there. World faults are `store.unavailable`, a file that is not there is `object.missing`;
 * every call ends by its limit or the caller's signal.
 */
export abstract class ObjectStore {
  abstract put(key: ObjectKey, body: Uint8Array | Readable, options: PutOptions): Promise<void>;
  abstract get(key: ObjectKey, options?: ObjectCallOptions): Promise<Uint8Array>;
  /** `undefined` when there is no such object. */
  abstract stat(key: ObjectKey, options?: ObjectCallOptions): Promise<ObjectStat | undefined>;
  /** Removing what is not there is no error. */
  abstract remove(key: ObjectKey, options?: ObjectCallOptions): Promise<void>;
  /** By name in order, at most `limit`. */
  abstract list(bucket: string, prefix: string, limit: number): AsyncIterable<ListedObject>;
  /** A URL that anybody can read the object with until it expires: check the tenant before. */
  abstract presignGet(key: ObjectKey, ttlMs: number): Promise<string>;
  abstract ensureBuckets(buckets: readonly string[]): Promise<void>;
  /** A real round trip, for readiness. */
  abstract ping(signal?: AbortSignal): Promise<void>;
}

export const buckets = ['recordings', 'agents', 'log', 'spool'] as const;
