import type { ObjectStore } from '@trunkline/platform';
import {
  segmentPrefix,
  SPOOL_BUCKET,
  type SpoolOwner,
} from '../../domain/recording/recording-keys.js';
import { recordBytes } from '../../domain/recording/spool-record.js';
import type { Sound } from './sound.js';
import { decodeHeader, shapeOf, SPOOL_HEADER_BYTES } from './spool-header.js';

/** More than the longest call has. */
const MOST_SEGMENTS = 1000;

interface Segment {
  readonly name: string;
  readonly fromTick: number;
  readonly ticks: number;
}

/** What a pod that is gone with its disk had already put away. */
export async function segmentSound(
  objects: ObjectStore,
  of: SpoolOwner,
): Promise<Sound | undefined> {
  const found: { readonly name: string; readonly sizeBytes: number }[] = [];
  for await (const one of objects.list(SPOOL_BUCKET, segmentPrefix(of), MOST_SEGMENTS))
    found.push(one);
  const [first] = found;
  if (!first) return undefined;
  const bytesOf = (name: string): Promise<Uint8Array> =>
    objects.get({ bucket: SPOOL_BUCKET, name });
  const header = decodeHeader(await bytesOf(first.name));
  if (!header) return undefined;
  const aTick = recordBytes(shapeOf(header));
  const segments: Segment[] = [];
  let ticks = 0;
  for (const { name, sizeBytes } of found) {
    const own = Math.floor((sizeBytes - SPOOL_HEADER_BYTES) / aTick);
    segments.push({ name, fromTick: ticks, ticks: own });
    ticks += own;
  }
  let open: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  const piece = async (segment: Segment, fromTick: number, count: number): Promise<Uint8Array> => {
    if (open?.name !== segment.name)
      open = { name: segment.name, bytes: await bytesOf(segment.name) };
    const at = SPOOL_HEADER_BYTES + (fromTick - segment.fromTick) * aTick;
    return open.bytes.subarray(at, at + count * aTick);
  };
  const read = async (fromTick: number, count: number): Promise<Uint8Array> => {
    const pieces: Uint8Array[] = [];
    for (const segment of segments) {
      const from = Math.max(fromTick, segment.fromTick);
      const until = Math.min(fromTick + count, segment.fromTick + segment.ticks);
      if (from < until) pieces.push(await piece(segment, from, until - from));
    }
    return Buffer.concat(pieces);
  };
  return { header, ticks, read };
}
