import type { Pronunciations } from './pronunciation.js';
import { mayGoOn } from './unfinished.js';

/** Scripts that put no space between words pause at these. */
const unspacedPause = /[。！？，、।॥]/u;

/**
 * Tokens in, whole words out, as soon as nothing that follows can change how they are said: "10"
 * waits for "a.m.", "March 3," for a year, an author's "New" for "York". Joined, the chunks are
 * the tokens.
 */
export class WordChunker {
  readonly #pronunciations: Pronunciations;
  #rest = '';

  constructor(pronunciations: Pronunciations) {
    this.#pronunciations = pronunciations;
  }

  push(token: string): string[] {
    this.#rest += token;
    const end = this.#settledEnd(wholeEnd(this.#rest));
    if (end === 0) return [];
    const chunk = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end);
    return [chunk];
  }

  end(): string[] {
    const last = this.#rest;
    this.#rest = '';
    return last === '' ? [] : [last];
  }

  /** Each reason to wait may move the end to where another one holds: until none does. */
  #settledEnd(whole: number): number {
    const text = this.#rest.slice(0, whole);
    const { lookaheadWords } = this.#pronunciations;
    let end = lookaheadWords === 0 ? whole : startOfLastWords(text, lookaheadWords);
    for (;;) {
      const earlier = this.#pronunciations.cutBefore(text, mayGoOn(text.slice(0, end)));
      if (earlier === end) return end;
      end = earlier;
    }
  }
}

/** After the last space: what follows may be half a word. */
function wholeEnd(text: string): number {
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const letter = text.charAt(at);
    if (/\s/.test(letter) || unspacedPause.test(letter)) return at + 1;
  }
  return 0;
}

function startOfLastWords(text: string, count: number): number {
  const starts = [...text.matchAll(/\S+/g)].map((match) => match.index);
  return starts.at(-count) ?? 0;
}
