import { encodeMuLaw } from '@trunkline/telephony';
import { wavOf } from './wav.js';

const RATE_HZ = 8000;
const FRAME_SAMPLES = 160;
const WORD_MS = 320;

/** A sound for each word of a text, and no two alike: what a recogniser of sounds can tell apart. */
export class CallerSound {
  readonly pcm: Int16Array;

  constructor(readonly text: string) {
    const words = text.split(' ');
    const samples = (WORD_MS * RATE_HZ) / 1000;
    this.pcm = new Int16Array(words.length * samples);
    words.forEach((word, n) => this.pcm.set(sounding(`${word} ${n}`, samples), n * samples));
  }

  /** In 20 ms frames of µ-law, with the silence after it that ends a turn. */
  frames(silenceMs: number): Uint8Array[] {
    const silence = (silenceMs * RATE_HZ) / 1000;
    const all = new Int16Array(this.pcm.length + silence);
    all.set(this.pcm);
    return Array.from({ length: all.length / FRAME_SAMPLES }, (_, n) => {
      const frame = new Uint8Array(FRAME_SAMPLES);
      encodeMuLaw(all.subarray(n * FRAME_SAMPLES, (n + 1) * FRAME_SAMPLES), frame);
      return frame;
    });
  }

  /** As the sandbox is told of it beforehand. */
  wavBase64(): string {
    return wavOf(this.pcm);
  }
}

/** Noise that is always the same for the same seed. */
function sounding(seed: string, samples: number): Int16Array {
  let state = [...seed].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, 7);
  return Int16Array.from({ length: samples }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >> 16) / 4;
  });
}
