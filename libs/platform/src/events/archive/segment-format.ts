import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { envelope, token, type AggregateRef } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { z } from 'zod';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** No segment is written larger than this, so nothing larger is ever unpacked. */
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

const line = z.strictObject({ seq: z.int().min(1), event: envelope });
/** An event as it was stored and where it stood in the stream. */
export type ColdEvent = z.output<typeof line>;

const aggregateSpan = z.strictObject({
  /** `<aggregate>/<id>`. */
  key: z.string(),
  firstV: z.int().min(1),
  lastV: z.int().min(1),
  lastSeq: z.int().min(1),
});
export type AggregateSpan = z.output<typeof aggregateSpan>;

export const segmentManifest = z.strictObject({
  format: z.literal(1),
  segment: token,
  /** Raised by every rewrite; the former one is deleted. */
  generation: z.int().min(1),
  tenant: token,
  day: z.iso.date(),
  count: z.int().min(1),
  firstSeq: z.int().min(1),
  lastSeq: z.int().min(1),
  sizeBytes: z.int().min(1),
  /** Of the compressed bytes. */
  sha256: z.string().length(64),
  aggregates: z.array(aggregateSpan).min(1),
});
export type SegmentManifest = z.output<typeof segmentManifest>;

export type SegmentName = Pick<SegmentManifest, 'segment' | 'generation' | 'tenant' | 'day'>;

export interface PackedSegment {
  readonly manifest: SegmentManifest;
  readonly bytes: Uint8Array;
}

export function aggregateKey(ref: { readonly aggregate: string; readonly id: string }): string {
  return `${ref.aggregate}/${ref.id}`;
}

/** One aggregate among all tenants, as the archiver's own documents name it. */
export function refKey(ref: AggregateRef): string {
  return `${ref.tenant}/${aggregateKey(ref)}`;
}

export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

export function dataName(name: SegmentName): string {
  return `${pathOf(name)}.ndjson.zst`;
}

export function manifestName(name: SegmentName): string {
  return `${pathOf(name)}.json`;
}

/** The number of the generation follows it. */
export function segmentPrefix(name: Pick<SegmentName, 'tenant' | 'day' | 'segment'>): string {
  return `${name.tenant}/${name.day}/${name.segment}.g`;
}

export async function packSegment(
  name: SegmentName,
  events: readonly ColdEvent[],
): Promise<PackedSegment> {
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const bytes = await compress(Buffer.from(text));
  const seqs = events.map(({ seq }) => seq);
  const manifest = segmentManifest.parse({
    format: 1,
    segment: name.segment,
    generation: name.generation,
    tenant: name.tenant,
    day: name.day,
    count: events.length,
    firstSeq: seqs.reduce((least, seq) => Math.min(least, seq), Infinity),
    lastSeq: seqs.reduce((most, seq) => Math.max(most, seq), 0),
    sizeBytes: bytes.byteLength,
    sha256: sha256(bytes),
    aggregates: spansOf(events),
  });
  return { manifest, bytes };
}

/** Refuses bytes that are not exactly what the manifest promised. */
export async function unpackSegment(
  manifest: Pick<SegmentManifest, 'segment' | 'sha256' | 'count'>,
  bytes: Uint8Array,
): Promise<ColdEvent[]> {
  if (sha256(bytes) !== manifest.sha256) throw damaged(manifest.segment, 'sha256');
  const text = await decompress(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  const lines = text.toString('utf8').split('\n').filter(Boolean);
  if (lines.length !== manifest.count) throw damaged(manifest.segment, 'count');
  return lines.map((one) => line.parse(JSON.parse(one)));
}

function damaged(segment: string, field: string): AppError {
  return new AppError('log.damaged', { details: { segment, field } });
}

function spansOf(events: readonly ColdEvent[]): AggregateSpan[] {
  const spans = new Map<string, AggregateSpan>();
  for (const { seq, event } of events) {
    const key = aggregateKey(event);
    const span = spans.get(key) ?? { key, firstV: event.v, lastV: event.v, lastSeq: seq };
    spans.set(key, {
      key,
      firstV: Math.min(span.firstV, event.v),
      lastV: Math.max(span.lastV, event.v),
      lastSeq: Math.max(span.lastSeq, seq),
    });
  }
  return [...spans.values()];
}

function pathOf(name: SegmentName): string {
  return `${segmentPrefix(name)}${name.generation}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
