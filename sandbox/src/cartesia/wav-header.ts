import type { RawFormat } from './requests.js';

/** WAVE format tag and bytes of a sample. */
const forms: Readonly<Record<RawFormat['encoding'], readonly [tag: number, bytes: number]>> = {
  pcm_s16le: [1, 2],
  pcm_f32le: [3, 4],
  pcm_alaw: [6, 1],
  pcm_mulaw: [7, 1],
};
const UNKNOWN_LENGTH = 0xff_ff_ff_ff;

/** The header of sound whose length is not known yet. */
export function streamedWavHeader(encoding: RawFormat['encoding'], rateHz: number): Buffer {
  const [tag, bytes] = forms[encoding];
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(UNKNOWN_LENGTH, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(tag, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * bytes, 28);
  header.writeUInt16LE(bytes, 32);
  header.writeUInt16LE(bytes * 8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(UNKNOWN_LENGTH, 40);
  return header;
}
