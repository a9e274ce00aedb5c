import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, decodeMuLaw, encodeALaw, encodeMuLaw, Resampler } from '@trunkline/telephony';
import { bytesPerFrame, type AudioFormat } from '../../src/app/ports/index.js';

const RATE_HZ = 8000;

/** "I would like a table for two", as eSpeak NG says it: 2.5 s. */
export function spokenPcm(): Int16Array {
  const bytes = readFileSync(join(import.meta.dirname, '../fixtures/table-for-two.ulaw'));
  const pcm = new Int16Array(bytes.length);
  decodeMuLaw(bytes, pcm);
  return pcm;
}

export function silencePcm(lengthMs: number): Int16Array {
  return new Int16Array((lengthMs * RATE_HZ) / 1000);
}

/** The hum of a machine. */
export function tonePcm(lengthMs: number): Int16Array {
  return silencePcm(lengthMs).map((_, at) => 8000 * Math.sin((2 * Math.PI * 440 * at) / RATE_HZ));
}

/** Wind, a road, a crowd far away: as loud as speech, and the same every time. */
export function pinkNoisePcm(lengthMs: number): Int16Array {
  let seed = 7;
  const white = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
    return seed / 2 ** 31;
  };
  const slow = [0, 0, 0];
  return silencePcm(lengthMs).map(() => {
    const now = white();
    slow[0] = 0.99765 * (slow[0] ?? 0) + now * 0.099046;
    slow[1] = 0.963 * (slow[1] ?? 0) + now * 0.2965164;
    slow[2] = 0.57 * (slow[2] ?? 0) + now * 1.0526913;
    return 2500 * (slow.reduce((sum, one) => sum + one, 0) + now * 0.1848);
  });
}

export function joined(...pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** In 20 ms frames of any format. */
export function framesOf(pcm: Int16Array, format: AudioFormat): Uint8Array[] {
  const bytes = written(pcm, format);
  const size = bytesPerFrame(format);
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}

function written(pcm: Int16Array, { encoding, rateHz }: AudioFormat): Uint8Array {
  if (encoding === 'pcm16le') {
    return bytesOf(new Resampler({ fromHz: RATE_HZ, toHz: rateHz }).push(pcm));
  }
  const bytes = new Uint8Array(pcm.length);
  (encoding === 'mulaw' ? encodeMuLaw : encodeALaw)(pcm, bytes);
  return bytes;
}
