const MU_BIAS = 0x84;
const MU_CLIP = 32_635;
const A_TOGGLE = 0x55;

/** ITU-T G.711 µ-law, one 16-bit sample to one byte. */
export function encodeMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), MU_CLIP) + MU_BIAS;
  const exponent = 24 - Math.clz32(magnitude);
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

/** ITU-T G.711 A-law, one 16-bit sample to one byte. */
export function encodeALaw(sample: number): number {
  const isPositive = sample >= 0;
  const magnitude = Math.min((isPositive ? sample : ~sample) >> 3, 0xfff);
  const exponent = magnitude < 0x20 ? 0 : 27 - Math.clz32(magnitude);
  const mantissa = (magnitude >> Math.max(exponent, 1)) & 0x0f;
  return ((exponent << 4) | mantissa | (isPositive ? 0x80 : 0)) ^ A_TOGGLE;
}

const muTable = Int16Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + MU_BIAS) << ((bits >> 4) & 0x07);
  return bits & 0x80 ? MU_BIAS - magnitude : magnitude - MU_BIAS;
});

const aTable = Int16Array.from({ length: 256 }, (_, byte) => {
  const bits = byte ^ A_TOGGLE;
  const exponent = (bits >> 4) & 0x07;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? step : (step + 0x100) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
});

export const decodeMuLaw = (byte: number): number => muTable[byte & 0xff] ?? 0;
export const decodeALaw = (byte: number): number => aTable[byte & 0xff] ?? 0;

export type SpeechEncoding = 'linear16' | 'mulaw' | 'alaw';

/** Bytes as they came over the wire to samples; a last odd byte of linear16 is left out. */
export function decodeSound(bytes: Uint8Array, encoding: SpeechEncoding): Int16Array {
  if (encoding === 'linear16') return littleEndian(bytes);
  const table = encoding === 'mulaw' ? muTable : aTable;
  const samples = new Int16Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 1) samples[at] = table[bytes[at] ?? 0] ?? 0;
  return samples;
}

export function encodeSound(samples: Int16Array, encoding: SpeechEncoding): Buffer {
  if (encoding === 'linear16') {
    const bytes = Buffer.alloc(samples.length * 2);
    samples.forEach((sample, at) => bytes.writeInt16LE(sample, at * 2));
    return bytes;
  }
  return Buffer.from(Uint8Array.from(samples, encoding === 'mulaw' ? encodeMuLaw : encodeALaw));
}

function littleEndian(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Int16Array(bytes.byteLength >> 1);
  for (let at = 0; at < samples.length; at += 1) samples[at] = view.getInt16(at * 2, true);
  return samples;
}
