import type { EventOf, Envelope, agentAggregate } from '@trunkline/contracts';
import type { ObjectKey, ObjectStore, OwnWrites } from '@trunkline/platform';
import { AgentConfigs } from '../app/ports.js';

const LIMIT_MS = 5000;
const MAX_REMEMBERED = 10_000;

type VersionMade = Extract<
  EventOf<typeof agentAggregate>,
  { type: 'agent.created' | 'agent.version-published' }
>;

/** `agents/<tenant>/<agent>/v<n>.json`; storing the same version again changes nothing. */
export class StoredAgentConfigs extends AgentConfigs {
  readonly #objects: ObjectStore;
  readonly #own: Pick<OwnWrites, 'sent'>;
  /** What this process stores or has stored: its durable meets most events at the same moment. */
  readonly #stored = new Map<string, Promise<void>>();

  constructor(objects: ObjectStore, own: Pick<OwnWrites, 'sent'>) {
    super();
    this.#objects = objects;
    this.#own = own;
  }

  override async store(event: Envelope): Promise<void> {
    const made = event as EventOf<typeof agentAggregate>;
    if (made.type !== 'agent.created' && made.type !== 'agent.version-published') return;
    const storing = this.#stored.get(made.eventId) ?? this.#put(made);
    if (this.#stored.size >= MAX_REMEMBERED) this.#stored.clear();
    this.#stored.set(made.eventId, storing);
    try {
      await storing;
    } catch (error) {
      this.#stored.delete(made.eventId);
      throw error;
    }
  }

  override async has(eventId: string): Promise<boolean> {
    if (!this.#stored.has(eventId)) await this.#own.sent(eventId);
    const [stored] = await Promise.allSettled([this.#stored.get(eventId)]);
    return stored.status === 'fulfilled' && this.#stored.has(eventId);
  }

  #put(made: VersionMade): Promise<void> {
    const version = made.type === 'agent.created' ? 1 : made.data.version;
    const { config, configHash: hash } = made.data;
    const { tenant, id: agent, occurredAt: publishedAt } = made;
    const text = JSON.stringify({ tenant, agent, version, hash, publishedAt, config });
    return this.#objects.put(configKey({ tenant, agent, version }), Buffer.from(text), {
      contentType: 'application/json',
      metadata: { hash },
      limitMs: LIMIT_MS,
    });
  }
}

export function configKey(of: {
  readonly tenant: string;
  readonly agent: string;
  readonly version: number;
}): ObjectKey {
  return { bucket: 'agents', name: `${of.tenant}/${of.agent}/v${of.version}.json` };
}
