import { recordBytes } from '../../domain/recording/spool-record.js';
import type { SpoolFile } from './ports.js';
import { decodeHeader, shapeOf, SPOOL_HEADER_BYTES, type SpoolHeader } from './spool-header.js';

/** A call's sound as it was spooled, wherever it lies now. */
export interface Sound {
  readonly header: SpoolHeader;
  readonly ticks: number;
  /** Whole records. */
  read(fromTick: number, ticks: number): Promise<Uint8Array>;
}

/** `undefined` when the process died before anything of use was in it. */
export async function soundOf(file: SpoolFile): Promise<Sound | undefined> {
  const header = decodeHeader(await file.read(0, SPOOL_HEADER_BYTES));
  if (!header) return undefined;
  const bytes = recordBytes(shapeOf(header));
  // A death in the middle of a write leaves part of a record.
  const ticks = Math.floor((file.sizeBytes - SPOOL_HEADER_BYTES) / bytes);
  const read = (fromTick: number, count: number): Promise<Uint8Array> =>
    file.read(SPOOL_HEADER_BYTES + fromTick * bytes, count * bytes);
  return { header, ticks, read };
}
