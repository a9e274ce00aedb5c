import { ClauseChunker, defaultChunkLimits } from './clause-chunker.js';
import { normalise } from './normalise.js';
import { plainText } from './plain-text.js';
import type { Pronunciations } from './pronunciation.js';
import type { SpokenPiece } from './written-prefix.js';
import { WordChunker } from './word-chunker.js';

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

  /** Word by word also where many come at once: an interruption finds its place among them. */
  push(token: string): SpokenPiece[] {
    const words = token.split(/(?<=\s)(?=\S)/);
    const chunks = words.flatMap((word) => this.#chunker.push(word));
    return chunks.map((written) => this.#chunk(written));
  }

  end(): SpokenPiece[] {
    const chunks = this.#chunker.end().map((written) => this.#chunk(written));
    this.#before = '';
    return chunks;
  }

  #chunk(written: string): SpokenPiece {
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
