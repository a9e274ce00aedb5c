import type { EventOf, Envelope, agentAggregate } from '@trunkline/contracts';
import type { ObjectKey, ObjectStore } from '@trunkline/platform';
import { AgentConfigs } from '../app/ports.js';

const LIMIT_MS = 5000;
const MAX_REMEMBERED = 10_000;

/** `agents/<tenant>/<agent>/v<n>.json`; storing the same version again changes nothing. */
export class StoredAgentConfigs extends AgentConfigs {
  readonly #objects: ObjectStore;
  /** What this process has stored: its durable meets most events a moment after the request. */
  readonly #stored = new Set<string>();

  constructor(objects: ObjectStore) {
    super();
    this.#objects = objects;
  }

  override async store(event: Envelope): Promise<void> {
    const made = event as EventOf<typeof agentAggregate>;
    if (made.type !== 'agent.created' && made.type !== 'agent.version-published') return;
    if (this.#stored.has(made.eventId)) return;
    const version = made.type === 'agent.created' ? 1 : made.data.version;
    const { config, configHash: hash } = made.data;
    const { tenant, id: agent, occurredAt: publishedAt } = made;
    const text = JSON.stringify({ tenant, agent, version, hash, publishedAt, config });
    await this.#objects.put(configKey({ tenant, agent, version }), Buffer.from(text), {
      contentType: 'application/json',
      metadata: { hash },
      limitMs: LIMIT_MS,
    });
    if (this.#stored.size >= MAX_REMEMBERED) this.#stored.clear();
    this.#stored.add(made.eventId);
  }
}

export function configKey(of: {
  readonly tenant: string;
  readonly agent: string;
  readonly version: number;
}): ObjectKey {
  return { bucket: 'agents', name: `${of.tenant}/${of.agent}/v${of.version}.json` };
}
