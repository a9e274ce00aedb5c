import { isDeepStrictEqual } from 'node:util';
import { AppError } from '@trunkline/kernel';
import type { ObjectStore } from '../../object-store/index.js';
import {
  dataName,
  manifestName,
  segmentPrefix,
  segmentManifest,
  unpackSegment,
  type ColdEvent,
  type PackedSegment,
  type SegmentManifest,
  type SegmentName,
} from './segment-format.js';

const MANIFEST_LIMIT = 1_000_000;
const ROOM_FOR_ONE = 4;

/** The segments of the cold half as objects: immutable bytes and a manifest beside them. */
export class SegmentFiles {
  readonly #objects: ObjectStore;
  readonly #bucket: string;

  constructor(objects: ObjectStore, bucket = 'log') {
    this.#objects = objects;
    this.#bucket = bucket;
  }

  async putData({ manifest, bytes }: PackedSegment): Promise<void> {
    const options = { contentType: 'application/zstd', sizeBytes: bytes.byteLength };
    await this.#objects.put(this.#key(dataName(manifest)), bytes, options);
  }

  /** The manifest comes last: data without one is an orphan and means nothing. */
  async putManifest(manifest: SegmentManifest): Promise<void> {
    const body = Buffer.from(JSON.stringify(manifest));
    const options = { contentType: 'application/json', sizeBytes: body.byteLength };
    await this.#objects.put(this.#key(manifestName(manifest)), body, options);
  }

  async read(manifest: SegmentName & Pick<SegmentManifest, 'sha256' | 'count'>) {
    const bytes = await this.#objects.get(this.#key(dataName(manifest)));
    return unpackSegment(manifest, bytes);
  }

  /** Reads both objects back and compares every event; nothing is purged before this held. */
  async verify(manifest: SegmentManifest, expected: readonly ColdEvent[]): Promise<void> {
    const stored = await this.manifest(manifest);
    const events = await this.read(manifest);
    if (isDeepStrictEqual(stored, manifest) && isDeepStrictEqual(events, expected)) return;
    throw new AppError('log.damaged', {
      details: { segment: manifest.segment, field: 'read-back' },
    });
  }

  async manifest(name: SegmentName): Promise<SegmentManifest | undefined> {
    const key = this.#key(manifestName(name));
    const found = await this.#objects.stat(key);
    if (!found) return undefined;
    return parseManifest(await this.#objects.get(key));
  }

  /** Manifest first: what is left after a crash in between is an orphan. */
  async remove(name: SegmentName): Promise<void> {
    await this.#objects.remove(this.#key(manifestName(name)));
    await this.#objects.remove(this.#key(dataName(name)));
    for await (const left of this.#objects.list(this.#bucket, dataName(name), ROOM_FOR_ONE)) {
      throw new AppError('store.unavailable', { retryable: true, details: { name: left.name } });
    }
  }

  /** Every object of the segment's former generations, those of abandoned writes as well. */
  async removeOlder(name: SegmentName): Promise<void> {
    const older = await this.#older(name);
    const isManifest = (one: string): boolean => one.endsWith('.json');
    const inOrder = [...older.filter(isManifest), ...older.filter((one) => !isManifest(one))];
    for (const one of inOrder) await this.#objects.remove(this.#key(one));
    const [left] = await this.#older(name);
    if (left) throw new AppError('store.unavailable', { retryable: true, details: { name: left } });
  }

  async hasData(name: SegmentName): Promise<boolean> {
    return (await this.#objects.stat(this.#key(dataName(name)))) !== undefined;
  }

  async *manifests(): AsyncIterable<SegmentManifest> {
    for await (const { name } of this.#objects.list(this.#bucket, '', MANIFEST_LIMIT)) {
      if (!name.endsWith('.json')) continue;
      yield parseManifest(await this.#objects.get(this.#key(name)));
    }
  }

  /** The names of data that no manifest speaks for. */
  async orphans(): Promise<string[]> {
    const names = new Set<string>();
    for await (const { name } of this.#objects.list(this.#bucket, '', MANIFEST_LIMIT)) {
      names.add(name);
    }
    return [...names].filter(
      (name) => name.endsWith('.ndjson.zst') && !names.has(name.replace(/\.ndjson\.zst$/, '.json')),
    );
  }

  async removeOrphan(name: string): Promise<void> {
    await this.#objects.remove(this.#key(name));
  }

  async #older(name: SegmentName): Promise<string[]> {
    const prefix = segmentPrefix(name);
    const older: string[] = [];
    for await (const found of this.#objects.list(this.#bucket, prefix, MANIFEST_LIMIT)) {
      const generation = Number.parseInt(found.name.slice(prefix.length), 10);
      if (generation < name.generation) older.push(found.name);
    }
    return older;
  }

  #key(name: string): { bucket: string; name: string } {
    return { bucket: this.#bucket, name };
  }
}

function parseManifest(bytes: Uint8Array): SegmentManifest {
  return segmentManifest.parse(JSON.parse(new TextDecoder().decode(bytes)));
}
