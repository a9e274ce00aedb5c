import { decodeMuLaw } from '../speech/g711.js';
import { writeWav } from '../speech/wav.js';
import { FRAME_BYTES, silentFrame } from './frames.js';

const MAX_FRAMES = 30 * 60 * 50;

/** Both sides of a call as the carrier heard them; after half an hour it keeps what it has. */
export class Recorder {
  readonly #frames: { readonly said: Uint8Array; readonly heard: Uint8Array }[] = [];

  add(said: Uint8Array, heard: Uint8Array | undefined): void {
    if (this.#frames.length >= MAX_FRAMES) return;
    this.#frames.push({ said, heard: heard ?? silentFrame.bytes });
  }

  /** PCM16 at 8 kHz, the caller on the left, the agent on the right. */
  toWav(): Buffer {
    const samples = new Int16Array(this.#frames.length * FRAME_BYTES * 2);
    let at = 0;
    for (const { said, heard } of this.#frames) {
      for (let index = 0; index < FRAME_BYTES; index += 1) {
        samples[at] = decodeMuLaw(said[index] ?? 0xff);
        samples[at + 1] = decodeMuLaw(heard[index] ?? 0xff);
        at += 2;
      }
    }
    return writeWav({ rateHz: 8_000, channels: 2, samples });
  }
}
