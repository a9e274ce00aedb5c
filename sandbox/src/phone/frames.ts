import { decodeMuLaw, encodeMuLaw } from '../speech/g711.js';

/** 20 ms of µ-law at 8 kHz. */
export const FRAME_BYTES = 160;
export const BYTES_PER_MS = 8;
const SILENT_BYTE = 0xff;
/** Mean absolute PCM16; line noise stays below it, every spoken vowel above. */
const VOICED_LEVEL = 200;

export interface Frame {
  readonly bytes: Uint8Array;
  /** Made once: at 200 calls, encoding each frame anew would show in the measurement. */
  readonly base64: string;
  readonly isVoiced: boolean;
}

export interface Utterance {
  readonly text: string;
  readonly frames: readonly Frame[];
}

const loudness = Int32Array.from({ length: 256 }, (_, byte) => Math.abs(decodeMuLaw(byte)));

export function isVoiced(bytes: Uint8Array): boolean {
  let sum = 0;
  for (const byte of bytes) sum += loudness[byte] ?? 0;
  return sum > VOICED_LEVEL * bytes.length;
}

function frameOf(bytes: Uint8Array): Frame {
  return { bytes, base64: Buffer.from(bytes).toString('base64'), isVoiced: isVoiced(bytes) };
}

export const silentFrame: Frame = frameOf(new Uint8Array(FRAME_BYTES).fill(SILENT_BYTE));

/** A frame whose loudest sample is below this is silence, to a speech-to-text model too. */
const SOUND_LEVEL = 100;

/** Cut into whole frames; silence at both ends is left out, as it would spoil the measurement. */
export function utteranceOf(text: string, pcm: Int16Array): Utterance {
  const count = Math.ceil(pcm.length / FRAME_BYTES);
  const frames = Array.from({ length: count }, (_, index) => {
    const bytes = new Uint8Array(FRAME_BYTES).fill(SILENT_BYTE);
    const part = pcm.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES);
    part.forEach((sample, at) => {
      bytes[at] = encodeMuLaw(sample);
    });
    return frameOf(bytes);
  });
  const hasSound = ({ bytes }: Frame): boolean =>
    bytes.some((byte) => (loudness[byte] ?? 0) >= SOUND_LEVEL);
  const first = frames.findIndex(hasSound);
  const last = frames.findLastIndex(hasSound);
  return { text, frames: first < 0 ? [] : frames.slice(first, last + 1) };
}

/** What an answering machine says when it begins to record. */
export function beep(durationMs: number): Utterance {
  const pcm = Int16Array.from({ length: durationMs * BYTES_PER_MS }, (_, at) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * 1_000 * at) / 8_000)),
  );
  return utteranceOf('', pcm);
}
