export interface Pronunciation {
  readonly word: string;
  readonly say: string;
}

/**
 * An author's dictionary. A word written in lower case matches however it is written; one with
 * a capital matches only so ("IT" is not "it"). Longer entries win over shorter ones.
 */
export class Pronunciations {
  readonly #pattern: RegExp | undefined;
  readonly #exact = new Map<string, string>();
  readonly #loose = new Map<string, string>();
  /** Of the entry with the most words. */
  readonly #maxWords: number;

  constructor(entries: readonly Pronunciation[]) {
    for (const { word, say } of entries) {
      const isLoose = word === word.toLowerCase();
      (isLoose ? this.#loose : this.#exact).set(spaced(word), say);
    }
    const words = [...this.#exact.keys(), ...this.#loose.keys()];
    this.#maxWords = Math.max(0, ...words.map((word) => word.split(' ').length));
    if (words.length === 0) return;
    const longestFirst = words.toSorted((one, other) => other.length - one.length);
    const any = longestFirst.map((word) => escaped(word).replaceAll(' ', '\\s+')).join('|');
    this.#pattern = new RegExp(
      `(?<![\\p{L}\\p{M}\\p{N}])(?:${any})(?![\\p{L}\\p{M}\\p{N}])`,
      'giu',
    );
  }

  get isEmpty(): boolean {
    return this.#pattern === undefined;
  }

  /** How many words before the end may still become part of an entry. */
  get lookaheadWords(): number {
    return Math.max(0, this.#maxWords - 1);
  }

  /** The last place at or before `end` that does not cut an entry in two. */
  cutBefore(text: string, end: number): number {
    if (!this.#pattern) return end;
    for (const { index, 0: found } of text.matchAll(this.#pattern)) {
      if (index < end && end < index + found.length) return index;
    }
    return end;
  }

  apply(text: string): string {
    if (!this.#pattern) return text;
    return text.replace(this.#pattern, (found) => {
      const word = spaced(found);
      return this.#exact.get(word) ?? this.#loose.get(word.toLowerCase()) ?? found;
    });
  }
}

/** For text that comes in pieces: the unfinished end is held back until it is a whole word. */
export class StreamedPronunciations {
  readonly #pronunciations: Pronunciations;
  #held = '';

  constructor(pronunciations: Pronunciations) {
    this.#pronunciations = pronunciations;
  }

  push(piece: string): string {
    if (this.#pronunciations.isEmpty) return piece;
    const text = this.#held + piece;
    const end = this.#pronunciations.cutBefore(text, this.#settledEnd(text));
    this.#held = text.slice(end);
    return this.#pronunciations.apply(text.slice(0, end));
  }

  end(): string {
    const last = this.#pronunciations.apply(this.#held);
    this.#held = '';
    return last;
  }

  /** Before the last word, and before as many more as the longest entry has. */
  #settledEnd(text: string): number {
    const starts = [...text.matchAll(/\S+/g)].map((match) => match.index);
    const heldWords = this.#pronunciations.lookaheadWords + (/\s$/.test(text) ? 0 : 1);
    if (heldWords === 0) return text.length;
    return starts.at(-heldWords) ?? 0;
  }
}

function spaced(word: string): string {
  return word.trim().replace(/\s+/g, ' ');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
