import { Bm25Index } from '../../domain/knowledge/bm25-index.js';
import { passagesOf, type Passage } from '../../domain/knowledge/passages.js';
import { fused, VectorIndex } from '../../domain/knowledge/vector-index.js';

const PASSAGES_FOR_A_MODEL = 3;
const CANDIDATES = 10;
/** Four megabytes of vectors, and about as many cents. */
const MAX_MEANINGS = 2000;

export type Embed = (
  texts: readonly string[],
  signal: AbortSignal,
) => Promise<readonly Float32Array[]>;

export interface EmbeddingUse {
  readonly embed: Embed;
  /** Words alone must do then; the reason is for the operator. */
  readonly onFailure: (error: unknown) => void;
}

/** The documents of one agent at one revision, ready to be searched. */
export class AgentKnowledge {
  readonly #passages: readonly Passage[];
  readonly #words: Bm25Index;
  #meanings: VectorIndex | undefined;

  constructor(texts: readonly { document: string; title: string; text: string }[]) {
    this.#passages = texts.flatMap(passagesOf);
    // A title says what its passages are about, often in the very words of the question.
    this.#words = new Bm25Index(this.#passages.map(({ title, text }) => `${title}\n${text}`));
  }

  get characters(): number {
    return this.#passages.reduce((sum, { text }) => sum + text.length, 0);
  }

  /** Until it is done, and if it fails, words alone are searched. Never rejects. */
  async learnMeanings({ embed, onFailure }: EmbeddingUse, signal: AbortSignal): Promise<void> {
    const count = this.#passages.length;
    if (count === 0 || count > MAX_MEANINGS) return;
    try {
      const texts = this.#passages.map(({ title, text }) => `${title}\n${text}`);
      this.#meanings = new VectorIndex(await embed(texts, signal));
    } catch (error) {
      onFailure(error);
    }
  }

  async search(
    query: string,
    use: EmbeddingUse | null,
    signal: AbortSignal,
  ): Promise<readonly Passage[]> {
    const byWords = this.#words.search(query, CANDIDATES);
    const byMeaning = use && this.#meanings ? await this.#like(query, use, signal) : [];
    const hits = byMeaning.length > 0 ? fused([byMeaning, byWords], CANDIDATES) : byWords;
    return hits.slice(0, PASSAGES_FOR_A_MODEL).flatMap(({ index }) => this.#passages[index] ?? []);
  }

  async #like(query: string, { embed, onFailure }: EmbeddingUse, signal: AbortSignal) {
    try {
      const [vector] = await embed([query], signal);
      return vector ? (this.#meanings?.search(vector, CANDIDATES) ?? []) : [];
    } catch (error) {
      onFailure(error);
      return [];
    }
  }
}
