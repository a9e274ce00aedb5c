import { termsOf } from './terms.js';

export interface Hit {
  readonly index: number;
  readonly score: number;
}

interface Posting {
  readonly index: number;
  readonly count: number;
}

/** How soon a repeated word stops counting, and how much a long passage pays for being long. */
const SATURATION = 1.2;
const LENGTH_PENALTY = 0.75;

/** Okapi BM25 over passages in memory. */
export class Bm25Index {
  readonly #postings = new Map<string, Posting[]>();
  readonly #lengths: number[] = [];
  readonly #averageLength: number;

  constructor(texts: readonly string[]) {
    for (const [index, text] of texts.entries()) this.#add(index, termsOf(text));
    const total = this.#lengths.reduce((sum, length) => sum + length, 0);
    this.#averageLength = total / Math.max(1, this.#lengths.length);
  }

  /** The best first; only passages that have a word of the query. */
  search(query: string, limit: number): Hit[] {
    const scores = new Map<number, number>();
    for (const term of new Set(termsOf(query))) {
      const postings = this.#postings.get(term) ?? [];
      const weight = this.#rarity(postings.length);
      for (const { index, count } of postings) {
        scores.set(index, (scores.get(index) ?? 0) + weight * this.#saturated(index, count));
      }
    }
    return [...scores]
      .map(([index, score]) => ({ index, score }))
      .toSorted((one, other) => other.score - one.score || one.index - other.index)
      .slice(0, limit);
  }

  #add(index: number, terms: readonly string[]): void {
    this.#lengths[index] = terms.length;
    const counts = new Map<string, number>();
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) {
      const postings = this.#postings.get(term);
      if (postings) postings.push({ index, count });
      else this.#postings.set(term, [{ index, count }]);
    }
  }

  #rarity(holders: number): number {
    return Math.log(1 + (this.#lengths.length - holders + 0.5) / (holders + 0.5));
  }

  #saturated(index: number, count: number): number {
    const length = (this.#lengths[index] ?? 0) / Math.max(1, this.#averageLength);
    const penalty = 1 - LENGTH_PENALTY + LENGTH_PENALTY * length;
    return (count * (SATURATION + 1)) / (count + SATURATION * penalty);
  }
}
