import { ClauseChunker, defaultChunkLimits } from './clause-chunker.js';
import { normalise } from './normalise.js';
import { plainText } from './plain-text.js';
import type { Pronunciations } from './pronunciation.js';
import { WordChunker } from './word-chunker.js';

export interface SpokenChunk {
  /** As the model wrote it: joined, these are its reply. */
  readonly written: string;
  /** As it is said; empty where there is nothing to say. */
  readonly spoken: string;
}

export interface SpokenTextOptions {
  readonly language: string;
  readonly pronunciations: Pronunciations;
  /** Words, unless the voice wants whole clauses to speak them well. */
  readonly pace?: 'words' | 'clauses';
}

/** So much of what was said before tells a year from a number. */
const CONTEXT_CHARACTERS = 60;

/** One reply on its way from the model to the voice. */
export class SpokenText {
  readonly #chunker: ClauseChunker | WordChunker;
  readonly #options: SpokenTextOptions;
  #before = '';

  constructor(options: SpokenTextOptions) {
    const { language, pronunciations, pace = 'words' } = options;
    this.#options = options;
    this.#chunker =
      pace === 'words'
        ? new WordChunker(pronunciations)
        : new ClauseChunker(language, defaultChunkLimits);
  }

  push(token: string): SpokenChunk[] {
    return this.#chunker.push(token).map((written) => this.#chunk(written));
  }

  end(): SpokenChunk[] {
    const chunks = this.#chunker.end().map((written) => this.#chunk(written));
    this.#before = '';
    return chunks;
  }

  #chunk(written: string): SpokenChunk {
    const { language, pronunciations } = this.#options;
    const plain = pronunciations.apply(plainText(written));
    const said = sayAfter(this.#before, plain, language);
    this.#before = (this.#before + plain).slice(-CONTEXT_CHARACTERS);
    return { written, spoken: audible(said) };
  }
}

/** A whole text at once: a first message, an idle prompt. Ends in a space, ready for the next. */
export function speakable(
  text: string,
  { language, pronunciations }: Pick<SpokenTextOptions, 'language' | 'pronunciations'>,
): string {
  return audible(normalise(pronunciations.apply(plainText(text)), language));
}

/** In the light of what was said before, which is not said again. */
function sayAfter(before: string, text: string, language: string): string {
  if (before === '' || !/\d/.test(text)) return normalise(text, language);
  const [said, saidBefore] = [normalise(before + text, language), normalise(before, language)];
  return said.startsWith(saidBefore) ? said.slice(saidBefore.length) : normalise(text, language);
}

function audible(said: string): string {
  const words = said.trim();
  return /[\p{L}\p{N}]/u.test(words) ? `${words} ` : '';
}
