import { encodeSound } from '../speech/g711.js';

export type SoundEncoding = 'pcm_s16le' | 'pcm_f32le' | 'pcm_mulaw' | 'pcm_alaw';

const FULL_SCALE = 32_768;

/** Samples as they go over the wire. */
export function soundBytes(samples: Int16Array, encoding: SoundEncoding): Buffer {
  switch (encoding) {
    case 'pcm_mulaw':
      return encodeSound(samples, 'mulaw');
    case 'pcm_alaw':
      return encodeSound(samples, 'alaw');
    case 'pcm_s16le':
      return encodeSound(samples, 'linear16');
    case 'pcm_f32le':
      return Buffer.from(Float32Array.from(samples, (sample) => sample / FULL_SCALE).buffer);
  }
}
