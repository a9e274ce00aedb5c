import { decodeSound, type SpeechEncoding } from './g711.js';

const HEADER_BYTES = 44;
const PCM = 1;
const A_LAW = 6;
const MU_LAW = 7;

export interface Wav {
  readonly rateHz: number;
  readonly channels: number;
  /** Interleaved when there are several channels. */
  readonly samples: Int16Array;
}

/** A WAV of 16-bit PCM. */
export function writeWav({ rateHz, channels, samples }: Wav): Buffer {
  const dataBytes = samples.length * 2;
  const wav = Buffer.alloc(HEADER_BYTES + dataBytes);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(PCM, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(rateHz, 24);
  wav.writeUInt32LE(rateHz * channels * 2, 28);
  wav.writeUInt16LE(channels * 2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(dataBytes, 40);
  samples.forEach((sample, at) => wav.writeInt16LE(sample, HEADER_BYTES + at * 2));
  return wav;
}

/** Of 16-bit PCM, µ-law or A-law; throws RangeError for anything else. */
export function readWav(wav: Buffer): Wav {
  if (wav.length < 12 || wav.toString('latin1', 0, 4) !== 'RIFF') throw new RangeError('no RIFF');
  const chunks = chunksOf(wav);
  const format = chunks.get('fmt ');
  const data = chunks.get('data');
  if (!format || format.length < 16 || !data) throw new RangeError('no fmt or data chunk');
  const encoding = encodingOf(format.readUInt16LE(0), format.readUInt16LE(14));
  const channels = format.readUInt16LE(2);
  return { rateHz: format.readUInt32LE(4), channels, samples: decodeSound(data, encoding) };
}

function chunksOf(wav: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  let at = 12;
  while (at + 8 <= wav.length) {
    const sizeBytes = wav.readUInt32LE(at + 4);
    // A streamed WAV says 0xffffffff: the rest of the file is meant.
    chunks.set(wav.toString('latin1', at, at + 4), wav.subarray(at + 8, at + 8 + sizeBytes));
    at += 8 + sizeBytes + (sizeBytes % 2);
  }
  return chunks;
}

function encodingOf(format: number, bits: number): SpeechEncoding {
  if (format === PCM && bits === 16) return 'linear16';
  if (format === A_LAW) return 'alaw';
  if (format === MU_LAW) return 'mulaw';
  throw new RangeError(`WAV format ${format} with ${bits} bits`);
}
