import {
  bytesOf,
  decodeALaw,
  decodeMuLaw,
  encodeALaw,
  encodeMuLaw,
  samplesOf,
} from '@trunkline/telephony';
import { murmurOf, type Murmur } from '../../domain/play/murmur.js';
import { bytesPerFrame, FRAME_MS, type AudioFormat } from '../ports/index.js';
import type { Mix } from './paced-player.js';

/** Made once for all calls of the process. */
const made = new Map<string, Int16Array>();

export interface BackgroundOrder {
  readonly sound: 'none' | Murmur;
  /** From 0 to 1. */
  readonly volume: number;
  /** Where in the loop this call begins, from 0 to 1, lest all calls sound alike. */
  readonly offset: number;
}

/** Lays a murmur under each frame; the frame it answers is good until the next one. */
export function backgroundMix(format: AudioFormat, order: BackgroundOrder): Mix | null {
  if (order.sound === 'none' || order.volume === 0) return null;
  const murmur = loopOf(order.sound, format.rateHz);
  const pcm = new Int16Array((format.rateHz / 1000) * FRAME_MS);
  const mixed = new Uint8Array(bytesPerFrame(format));
  let at = Math.floor(order.offset * murmur.length) % murmur.length;
  return (frame) => {
    read(format, frame, pcm);
    for (let index = 0; index < pcm.length; index += 1) {
      const sum = (pcm[index] ?? 0) + (murmur[at] ?? 0) * order.volume;
      pcm[index] = sum > 32_767 ? 32_767 : sum < -32_768 ? -32_768 : sum;
      at = at + 1 === murmur.length ? 0 : at + 1;
    }
    write(format, pcm, mixed);
    return mixed;
  };
}

function loopOf(sound: Murmur, rateHz: number): Int16Array {
  const name = `${sound} ${rateHz}`;
  const known = made.get(name) ?? murmurOf(sound, rateHz);
  made.set(name, known);
  return known;
}

function read({ encoding }: AudioFormat, frame: Uint8Array, pcm: Int16Array): void {
  if (encoding === 'mulaw') decodeMuLaw(frame, pcm);
  else if (encoding === 'alaw') decodeALaw(frame, pcm);
  else pcm.set(samplesOf(frame));
}

function write({ encoding }: AudioFormat, pcm: Int16Array, mixed: Uint8Array): void {
  if (encoding === 'mulaw') encodeMuLaw(pcm, mixed);
  else if (encoding === 'alaw') encodeALaw(pcm, mixed);
  else mixed.set(bytesOf(pcm));
}
