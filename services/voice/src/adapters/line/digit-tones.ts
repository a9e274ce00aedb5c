import {
  A_LAW_SILENCE,
  bytesOf,
  dtmfTones,
  encodeALaw,
  encodeMuLaw,
  FrameChunker,
  MU_LAW_SILENCE,
} from '@trunkline/telephony';
import { bytesPerFrame, type AudioFormat } from '../../app/ports/index.js';

/** Digits as frames of sound, for wires that cannot carry them. */
export function digitTones(digits: string, format: AudioFormat): readonly Uint8Array[] {
  const pcm = dtmfTones(digits, format.rateHz);
  const chunker = new FrameChunker(bytesPerFrame(format));
  const frames = chunker.push(encoded(pcm, format));
  const rest = chunker.flush(silenceOf(format));
  return rest === undefined ? frames : [...frames, rest];
}

function encoded(pcm: Int16Array, { encoding }: AudioFormat): Uint8Array {
  if (encoding === 'pcm16le') return bytesOf(pcm);
  const bytes = new Uint8Array(pcm.length);
  if (encoding === 'mulaw') encodeMuLaw(pcm, bytes);
  else encodeALaw(pcm, bytes);
  return bytes;
}

function silenceOf({ encoding }: AudioFormat): number {
  if (encoding === 'pcm16le') return 0;
  return encoding === 'mulaw' ? MU_LAW_SILENCE : A_LAW_SILENCE;
}
