import { prepareSpeech, speech, type SpokenWord } from '../speech/speak.js';
import { wordsOf } from '../speech/spoken-words.js';
import { soundBytes, type SoundEncoding } from './sound-bytes.js';

const CHUNK_MS = 100;
const MAX_CACHED_CHARS = 96 * 1024 * 1024;

export interface SoundFormat {
  readonly encoding: SoundEncoding;
  readonly rateHz: number;
  readonly language?: string | undefined;
}

/** Speech ready to be sent. */
export interface Rendered {
  readonly chunks: readonly { readonly data: string; readonly durationMs: number }[];
  readonly words: readonly SpokenWord[];
  readonly durationMs: number;
}

/** Two hundred calls say much the same: what was made once is kept, base64 and all. */
export class Renderer {
  /** Oldest use first; beyond its capacity the oldest goes. */
  readonly #cache = new Map<string, Rendered>();
  /** What is being made, once for all who want it. */
  readonly #making = new Map<string, Promise<Rendered>>();
  #cachedChars = 0;

  async render(text: string, format: SoundFormat): Promise<Rendered> {
    const key = `${format.encoding} ${format.rateHz} ${format.language ?? ''} ${text}`;
    const cached = this.#cache.get(key);
    if (cached) return this.#keep(key, cached);
    const making = this.#making.get(key) ?? this.#make(key, text, format);
    this.#making.set(key, making);
    return making;
  }

  async #make(key: string, text: string, format: SoundFormat): Promise<Rendered> {
    try {
      await prepareSpeech(text, format.language);
      return this.#keep(key, this.#grew(rendered(text, format)));
    } finally {
      this.#making.delete(key);
    }
  }

  #keep(key: string, value: Rendered): Rendered {
    this.#cache.delete(key);
    this.#cache.set(key, value);
    return value;
  }

  #grew(added: Rendered): Rendered {
    this.#cachedChars += sizeOf(added);
    for (const [key, oldest] of this.#cache) {
      if (this.#cachedChars <= MAX_CACHED_CHARS) break;
      this.#cache.delete(key);
      this.#cachedChars -= sizeOf(oldest);
    }
    return added;
  }
}

function rendered(text: string, { encoding, rateHz, language }: SoundFormat): Rendered {
  const { samples: spoken, words } = speech(text, { rateHz, ...(language && { language }) });
  const samples = withPause(
    spoken,
    Math.round(((wordsOf(text).at(-1)?.pauseMs ?? 0) * rateHz) / 1000),
  );
  const perChunk = Math.round((rateHz * CHUNK_MS) / 1000);
  const chunks = [];
  for (let at = 0; at < samples.length; at += perChunk) {
    const part = samples.subarray(at, at + perChunk);
    const data = soundBytes(part, encoding).toString('base64');
    chunks.push({ data, durationMs: (part.length / rateHz) * 1000 });
  }
  return { chunks, words, durationMs: (samples.length / rateHz) * 1000 };
}

/** So that texts which are spoken one after another do not run into each other. */
function withPause(samples: Int16Array, pauseSamples: number): Int16Array {
  const longer = new Int16Array(samples.length + pauseSamples);
  longer.set(samples);
  return longer;
}

const sizeOf = ({ chunks }: Rendered): number =>
  chunks.reduce((sum, { data }) => sum + data.length, 0);
