import { maxDocuments, type KnowledgeFact } from '@trunkline/contracts';
import { AppError, assertNever, type Decider } from '@trunkline/kernel';

type Added = Extract<KnowledgeFact, { type: 'knowledge.document-added' }>['data'];

export interface KnowledgeState {
  readonly documents: ReadonlyMap<string, Added>;
  /** Ids that were used once: a repeated request brings nothing back. */
  readonly removed: ReadonlySet<string>;
}

export type KnowledgeCommand =
  | { readonly do: 'add'; readonly document: Added }
  | { readonly do: 'remove'; readonly document: string };

export const knowledgeDecider: Decider<KnowledgeState, KnowledgeCommand, KnowledgeFact> = {
  initialState: { documents: new Map(), removed: new Set() },

  decide({ documents, removed }, command) {
    if (command.do === 'remove') {
      if (removed.has(command.document)) return undefined;
      if (!documents.has(command.document)) throw new AppError('request.not-found');
      return { type: 'knowledge.document-removed', data: { document: command.document } };
    }
    const { document } = command;
    const known = documents.get(document.document);
    if (removed.has(document.document) || isSame(known, document)) return undefined;
    if (known) throw new AppError('idempotency.mismatch');
    if (documents.size >= maxDocuments) {
      throw new AppError('knowledge.full', { details: { maxDocuments } });
    }
    return { type: 'knowledge.document-added', data: document };
  },

  evolve({ documents, removed }, event) {
    switch (event.type) {
      case 'knowledge.document-added':
        return { removed, documents: new Map(documents).set(event.data.document, event.data) };
      case 'knowledge.document-removed': {
        const rest = new Map(documents);
        rest.delete(event.data.document);
        return { documents: rest, removed: new Set(removed).add(event.data.document) };
      }
      default:
        return assertNever(event);
    }
  },
};

function isSame(known: Added | undefined, document: Added): boolean {
  return known?.sha256 === document.sha256 && known.title === document.title;
}
