import { ClauseChunker, defaultChunkLimits, type ChunkLimits } from './clause-chunker.js';
import { normalise } from './normalise.js';
import { plainText } from './plain-text.js';
import type { Pronunciations } from './pronunciation.js';

export interface SpokenChunk {
  /** As the model wrote it: joined, these are its reply. */
  readonly written: string;
  /** As it is said; empty where there is nothing to say. */
  readonly spoken: string;
}

export interface SpokenTextOptions {
  readonly language: string;
  readonly pronunciations: Pronunciations;
  readonly limits?: ChunkLimits;
}

/** One reply on its way from the model to the voice. */
export class SpokenText {
  readonly #chunker: ClauseChunker;
  readonly #options: SpokenTextOptions;

  constructor(options: SpokenTextOptions) {
    this.#options = options;
    this.#chunker = new ClauseChunker(options.language, options.limits ?? defaultChunkLimits);
  }

  push(token: string): SpokenChunk[] {
    return this.#chunker.push(token).map((written) => this.#chunk(written));
  }

  end(): SpokenChunk[] {
    return this.#chunker.end().map((written) => this.#chunk(written));
  }

  #chunk(written: string): SpokenChunk {
    return { written, spoken: speakable(written, this.#options) };
  }
}

/** A whole text at once: a first message, an idle prompt. Ends in a space, ready for the next. */
export function speakable(
  text: string,
  { language, pronunciations }: Pick<SpokenTextOptions, 'language' | 'pronunciations'>,
): string {
  const said = normalise(pronunciations.apply(plainText(text)), language).trim();
  return /[\p{L}\p{N}]/u.test(said) ? `${said} ` : '';
}
