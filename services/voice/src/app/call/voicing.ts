import type { AudioFormat } from '../ports/index.js';

/** About -40 dBFS: above a quiet line, below the softest voice. */
const LOUD_PCM = 330;
/** In µ-law and A-law the loudness is in the seven lower bits, upside down or shifted. */
const LOUD_MULAW = 0x70 - 0x1a;
const LOUD_SHARE = 0.1;

/** Whether a frame has a voice in it: cheap, and only for telling when somebody spoke last. */
export class Voicing {
  readonly #format: AudioFormat;

  constructor(format: AudioFormat) {
    this.#format = format;
  }

  isVoice(frame: Uint8Array): boolean {
    if (this.#format.encoding === 'pcm16le') return isLoudPcm(frame);
    const flip = this.#format.encoding === 'mulaw' ? 0xff : 0x55;
    let loud = 0;
    for (const byte of frame) if (((byte ^ flip) & 0x7f) > LOUD_MULAW / 2) loud += 1;
    return loud > frame.length * LOUD_SHARE;
  }
}

function isLoudPcm(frame: Uint8Array): boolean {
  let loud = 0;
  for (let at = 0; at + 1 < frame.length; at += 2) {
    const sample = (((frame[at] ?? 0) | ((frame[at + 1] ?? 0) << 8)) << 16) >> 16;
    if (Math.abs(sample) > LOUD_PCM) loud += 1;
  }
  return loud > (frame.length / 2) * LOUD_SHARE;
}
