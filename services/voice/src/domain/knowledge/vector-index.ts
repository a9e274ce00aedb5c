import type { Hit } from './bm25-index.js';

/** Below it two texts have nothing to say to each other. */
const MIN_LIKENESS = 0.2;

/** Passages by meaning: few enough that every one is compared. */
export class VectorIndex {
  readonly #vectors: readonly Float32Array[];

  constructor(vectors: readonly Float32Array[]) {
    this.#vectors = vectors.map(unit);
  }

  search(query: Float32Array, limit: number): Hit[] {
    const asked = unit(query);
    return this.#vectors
      .map((vector, index) => ({ index, score: dot(vector, asked) }))
      .filter(({ score }) => score >= MIN_LIKENESS)
      .toSorted((one, other) => other.score - one.score)
      .slice(0, limit);
  }
}

/** A list is worth the more the earlier a passage stands in it; scores are never compared. */
export function fused(lists: readonly (readonly Hit[])[], limit: number): Hit[] {
  const FLATTENS = 60;
  const scores = new Map<number, number>();
  for (const list of lists) {
    for (const [rank, { index }] of list.entries()) {
      scores.set(index, (scores.get(index) ?? 0) + 1 / (FLATTENS + rank + 1));
    }
  }
  return [...scores]
    .map(([index, score]) => ({ index, score }))
    .toSorted((one, other) => other.score - one.score || one.index - other.index)
    .slice(0, limit);
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
