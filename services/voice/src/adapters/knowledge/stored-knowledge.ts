import { knowledgeRequests } from '@trunkline/contracts';
import { actingFor, newId, type ObjectStore, type Requests } from '@trunkline/platform';
import { KnowledgeStore, type KnowledgeHead } from '../../app/knowledge/ports.js';

const TEXT_LIMIT_MS = 5000;

/** The list from the agents service, the texts from the object store. */
export class StoredKnowledge extends KnowledgeStore {
  readonly #requests: Requests;
  readonly #objects: ObjectStore;

  constructor(requests: Requests, objects: ObjectStore) {
    super();
    this.#requests = requests;
    this.#objects = objects;
  }

  override head({
    tenant,
    agent,
  }: {
    readonly tenant: string;
    readonly agent: string;
  }): Promise<KnowledgeHead> {
    const context = actingFor('voice', { tenant, correlationId: newId() });
    return this.#requests.ask(knowledgeRequests.knowledge, { agent }, context);
  }

  override async text(key: string, signal: AbortSignal): Promise<string> {
    const at = { bucket: 'agents', name: key };
    const bytes = await this.#objects.get(at, { limitMs: TEXT_LIMIT_MS, signal });
    return Buffer.from(bytes).toString('utf8');
  }
}
