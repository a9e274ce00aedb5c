import type { ProviderAccess } from '../ports/provider.js';

export interface StoredDocument {
  readonly id: string;
  readonly title: string;
  readonly key: string;
}

export interface KnowledgeHead {
  readonly revision: number;
  readonly documents: readonly StoredDocument[];
}

/** What the agents service knows of an agent's documents, and their texts. */
export abstract class KnowledgeStore {
  abstract head(
    of: { readonly tenant: string; readonly agent: string },
    signal: AbortSignal,
  ): Promise<KnowledgeHead>;
  abstract text(key: string, signal: AbortSignal): Promise<string>;
}

/** Texts as points in a space of meanings. */
export abstract class Embeddings {
  /** One vector for each text, in their order. */
  abstract embed(
    access: ProviderAccess,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]>;
}
