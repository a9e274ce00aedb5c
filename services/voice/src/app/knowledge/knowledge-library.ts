import { isAppError, withDeadline } from '@trunkline/kernel';
import type { ProviderAccess } from '../ports/provider.js';
import { KnowledgeSource, type KnowledgePassage } from '../tools/ports.js';
import { AgentKnowledge, type EmbeddingUse } from './agent-knowledge.js';
import type { Embeddings, KnowledgeStore } from './ports.js';

export interface LibraryOptions {
  readonly store: KnowledgeStore;
  readonly embeddings: Embeddings;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
  /** About a byte each, twice over for the index. */
  readonly maxCharacters?: number;
}

export interface Reader {
  readonly tenant: string;
  readonly agent: string;
  /** As the call was told when it began. */
  readonly revision: number;
  /** Whose key makes vectors; `null`: words alone. */
  readonly embedding: ProviderAccess | null;
}

interface Kept {
  readonly knowledge: Promise<AgentKnowledge>;
  characters: number;
}

const LOAD_LIMIT_MS = 10_000;
const EMBED_QUERY_LIMIT_MS = 800;
const EMBED_ALL_LIMIT_MS = 60_000;
const MAX_AGENTS = 2000;
const MAX_CHARACTERS = 64 * 1024 * 1024;
const LOADS_AT_ONCE = 8;

/** The documents of the agents that are talking, read once per revision and shared by calls. */
export class KnowledgeLibrary {
  readonly #options: LibraryOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  /** `null`: the agent has nothing to read. Begins to read at once, ahead of the first question. */
  open(reader: Reader): KnowledgeSource | null {
    if (reader.revision === 0) return null;
    void this.#knowledgeFor(reader).catch((error: unknown) => this.#tell(reader, error));
    return new LibraryReader((query, signal) => this.#search(reader, query, signal));
  }

  async #search(
    reader: Reader,
    query: string,
    signal: AbortSignal,
  ): Promise<readonly KnowledgePassage[]> {
    const knowledge = await this.#knowledgeFor(reader);
    signal.throwIfAborted();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(EMBED_QUERY_LIMIT_MS)]);
    return knowledge.search(query, this.#embeddingUse(reader), limit);
  }

  #knowledgeFor(reader: Reader): Promise<AgentKnowledge> {
    const { tenant, agent, revision, embedding } = reader;
    const key = [tenant, agent, revision, embedding === null ? 'words' : 'vectors'].join(' ');
    const kept = this.#kept.get(key) ?? this.#load(key, reader);
    // Back to the end: the first of the map is the one unused for longest.
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.knowledge;
  }

  #load(key: string, reader: Reader): Kept {
    const kept: Kept = { knowledge: this.#read(reader), characters: 0 };
    void this.#settle(key, kept);
    return kept;
  }

  /** What could not be read is read again by the next who asks; whoever asked now hears of it. */
  async #settle(key: string, kept: Kept): Promise<void> {
    try {
      kept.characters = (await kept.knowledge).characters;
      this.#makeRoom();
    } catch {
      this.#kept.delete(key);
    }
  }

  async #read(reader: Reader): Promise<AgentKnowledge> {
    const deadline = { limitMs: LOAD_LIMIT_MS, code: 'service.timeout' };
    return withDeadline(deadline, async (signal) => {
      const { store } = this.#options;
      const { documents } = await store.head(reader, signal);
      const texts: { document: string; title: string; text: string }[] = [];
      for (let at = 0; at < documents.length; at += LOADS_AT_ONCE) {
        const some = documents.slice(at, at + LOADS_AT_ONCE);
        const loaded = some.map(async ({ id, title, key }) => {
          return { document: id, title, text: await this.#textAt(key, signal) };
        });
        texts.push(...(await Promise.all(loaded)));
      }
      const knowledge = new AgentKnowledge(texts);
      const use = this.#embeddingUse(reader);
      if (use) void knowledge.learnMeanings(use, AbortSignal.timeout(EMBED_ALL_LIMIT_MS));
      return knowledge;
    });
  }

  /** A document that was removed a moment ago is no reason to know nothing. */
  async #textAt(key: string, signal: AbortSignal): Promise<string> {
    try {
      return await this.#options.store.text(key, signal);
    } catch (error) {
      if (isAppError(error) && error.code === 'object.missing') return '';
      throw error;
    }
  }

  #embeddingUse(reader: Reader): EmbeddingUse | null {
    const { embedding } = reader;
    if (embedding === null) return null;
    return {
      embed: (texts, signal) => this.#options.embeddings.embed(embedding, texts, signal),
      onFailure: (error) => this.#tell(reader, error),
    };
  }

  #tell({ tenant, agent }: Reader, error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'internal';
    this.#options.log('knowledge.failed', { tenant, agent, code });
  }

  #makeRoom(): void {
    const max = this.#options.maxCharacters ?? MAX_CHARACTERS;
    let sum = [...this.#kept.values()].reduce((total, { characters }) => total + characters, 0);
    for (const [key, { characters }] of this.#kept) {
      if ((sum <= max && this.#kept.size <= MAX_AGENTS) || this.#kept.size === 1) return;
      this.#kept.delete(key);
      sum -= characters;
    }
  }
}

type Search = (query: string, signal: AbortSignal) => Promise<readonly KnowledgePassage[]>;

class LibraryReader extends KnowledgeSource {
  readonly #search: Search;

  constructor(search: Search) {
    super();
    this.#search = search;
  }

  override search(query: string, signal: AbortSignal): Promise<readonly KnowledgePassage[]> {
    return this.#search(query, signal);
  }
}
