/** G.711 A-law by table. */
const clip = 32_635;

const decoded = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 0x07;
  const step = ((bits & 0x0f) << 1) | 1;
  const magnitude = exponent === 0 ? step : (step | 0x20) << (exponent - 1);
  return (bits & 0x80) === 0 ? -magnitude * 8 : magnitude * 8;
});

const encoded = Uint8Array.from({ length: 65_536 }, (_, index) => {
  const sample = (index << 16) >> 16;
  const magnitude = Math.min(Math.abs(sample), clip);
  const exponent = Math.max(0, 24 - Math.clz32(magnitude));
  const shift = exponent === 0 ? 4 : exponent + 3;
  const mantissa = (magnitude >> shift) & 0x0f;
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55;
});

export const A_LAW_SILENCE = 0xd5;

/** Writes into `pcm` and returns how many samples; what does not fit is left out. */
export function decodeALaw(bytes: Uint8Array, pcm: Int16Array): number {
  const length = Math.min(bytes.length, pcm.length);
  for (let index = 0; index < length; index += 1) pcm[index] = decoded[bytes[index] ?? 0] ?? 0;
  return length;
}

export function encodeALaw(pcm: Int16Array, bytes: Uint8Array): number {
  const length = Math.min(bytes.length, pcm.length);
  for (let index = 0; index < length; index += 1) {
    bytes[index] = encoded[(pcm[index] ?? 0) & 0xffff] ?? 0;
  }
  return length;
}
