import { decodeALaw, encodeALaw } from './a-law.js';
import { decodeMuLaw, encodeMuLaw } from './mu-law.js';
import { bytesOf, samplesOf } from './pcm-bytes.js';
import { Resampler } from './resampler.js';

/** How sound is written, whoever sends it. */
export interface SoundFormat {
  readonly encoding: 'mulaw' | 'alaw' | 'pcm16le';
  readonly rateHz: number;
}

/** One stream of sound on its way from one format to another. */
export interface AudioConverter {
  /** Sound in pieces of any size; what comes out is the caller's to keep. */
  convert(bytes: Uint8Array): Uint8Array;
}

/** Streams in the same format go through untouched. */
export function convertAudio(from: SoundFormat, to: SoundFormat): AudioConverter {
  if (from.encoding === to.encoding && from.rateHz === to.rateHz) {
    return { convert: (bytes) => bytes };
  }
  const resampler = new Resampler({ fromHz: from.rateHz, toHz: to.rateHz });
  const decode = from.encoding === 'pcm16le' ? wholeSamples() : decoderOf(from.encoding);
  return { convert: (bytes) => encoded(to.encoding, resampler.push(decode(bytes))) };
}

function decoderOf(encoding: 'mulaw' | 'alaw'): (bytes: Uint8Array) => Int16Array {
  const decode = encoding === 'mulaw' ? decodeMuLaw : decodeALaw;
  return (bytes) => {
    const pcm = new Int16Array(bytes.length);
    decode(bytes, pcm);
    return pcm;
  };
}

/** Networks cut sound anywhere, also through the middle of a sample. */
function wholeSamples(): (bytes: Uint8Array) => Int16Array {
  let half = new Uint8Array(0);
  return (bytes) => {
    const joined = new Uint8Array(half.length + bytes.length);
    joined.set(half);
    joined.set(bytes, half.length);
    half = joined.slice(joined.length - (joined.length % 2));
    return samplesOf(joined);
  };
}

function encoded(encoding: SoundFormat['encoding'], pcm: Int16Array): Uint8Array {
  if (encoding === 'pcm16le') return bytesOf(pcm);
  const bytes = new Uint8Array(pcm.length);
  if (encoding === 'mulaw') encodeMuLaw(pcm, bytes);
  else encodeALaw(pcm, bytes);
  return bytes;
}
