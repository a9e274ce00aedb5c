import { z } from 'zod';
import { bytesPerFrame, type AudioFormat } from '../ports/index.js';
import type { RecordShape } from '../../domain/recording/spool-record.js';

export const SPOOL_HEADER_BYTES = 1024;

const header = z.strictObject({
  tenant: z.string(),
  callId: z.string(),
  correlationId: z.string(),
  campaign: z.string().nullable(),
  encoding: z.enum(['mulaw', 'alaw', 'pcm16le']),
  rateHz: z.union([z.literal(8000), z.literal(16_000), z.literal(24_000)]),
  stereo: z.boolean(),
});
/** Stands before the sound in a spool and in every segment: each can be finished by a stranger. */
export type SpoolHeader = z.output<typeof header>;

export function encodeHeader(of: SpoolHeader): Uint8Array {
  const text = JSON.stringify(header.parse(of)).padEnd(SPOOL_HEADER_BYTES - 1, ' ');
  return new TextEncoder().encode(`${text}\n`);
}

/** `undefined` where the process died before it was written. */
export function decodeHeader(bytes: Uint8Array): SpoolHeader | undefined {
  if (bytes.length < SPOOL_HEADER_BYTES) return undefined;
  const text = new TextDecoder().decode(bytes.subarray(0, SPOOL_HEADER_BYTES));
  try {
    return header.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const silences = { mulaw: 0xff, alaw: 0xd5, pcm16le: 0 } as const;

export function shapeOf(format: AudioFormat): RecordShape {
  return { frameBytes: bytesPerFrame(format), silence: silences[format.encoding] };
}
