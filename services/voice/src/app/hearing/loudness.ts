import type { AudioFormat } from '../ports/index.js';

/** About -31 dBFS: above a quiet line's hiss, below speech. */
const LOUD_SAMPLE = 900;
/** The same in G.711: the segment (exponent) from which samples are at least that loud. */
const LOUD_MULAW_SEGMENT = 3;
const LOUD_ALAW_SEGMENT = 3;
const LOOK_AT_EVERY = 4;
/** Of the samples looked at; a click or two in 20 ms is no speech. */
const LOUD_SHARE = 0.1;

/** Cheap enough for every frame of every call: may there be speech in it? It never means there is. */
export function isLoud(frame: Uint8Array, { encoding }: AudioFormat): boolean {
  if (encoding === 'pcm16le') return isLoudPcm(frame);
  const [flip, segment] =
    encoding === 'mulaw' ? [0xff, LOUD_MULAW_SEGMENT] : [0x55, LOUD_ALAW_SEGMENT];
  let loud = 0;
  for (let at = 0; at < frame.length; at += LOOK_AT_EVERY) {
    const byte = (frame[at] ?? 0) ^ flip;
    if (((byte >> 4) & 7) >= segment) loud += 1;
  }
  return loud > (frame.length / LOOK_AT_EVERY) * LOUD_SHARE;
}

function isLoudPcm(frame: Uint8Array): boolean {
  const step = LOOK_AT_EVERY * 2;
  let loud = 0;
  for (let at = 0; at + 1 < frame.length; at += step) {
    const sample = (((frame[at + 1] ?? 0) << 24) >> 16) | (frame[at] ?? 0);
    if (sample > LOUD_SAMPLE || sample < -LOUD_SAMPLE) loud += 1;
  }
  return loud > (frame.length / step) * LOUD_SHARE;
}
