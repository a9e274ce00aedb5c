import type { Clock } from '@trunkline/kernel';
import type { StoredAgent } from '../views/agents.js';

export interface AgentCacheOptions {
  readonly clock: Clock;
  readonly ttlMs: number;
  /** Beyond it the one unused for longest goes. */
  readonly maxEntries: number;
}

interface Entry {
  readonly doc: StoredAgent | undefined;
  /** Nothing older may be kept: a read begun before a change must not bring the past back. */
  readonly minV: number;
  readonly expiresAtMs: number;
}

export interface AgentKey {
  readonly tenant: string;
  readonly agent: string;
}

/** Row E21: agents by id for ten minutes, dropped when news of a change comes in. */
export class AgentCache {
  readonly #options: AgentCacheOptions;
  readonly #entries = new Map<string, Entry>();
  #epoch = 0;

  constructor(options: AgentCacheOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Taken before a read; what was read is kept only if the cache was not emptied meanwhile. */
  get epoch(): number {
    return this.#epoch;
  }

  get(key: AgentKey): StoredAgent | undefined {
    const id = idOf(key);
    const entry = this.#entries.get(id);
    if (!entry?.doc || entry.expiresAtMs <= this.#options.clock.nowMs()) return undefined;
    this.#touch(id, entry);
    return entry.doc;
  }

  keep(doc: StoredAgent, epoch: number): void {
    const id = idOf({ tenant: doc.tenant, agent: doc._id });
    const minV = this.#entries.get(id)?.minV ?? 0;
    if (epoch !== this.#epoch || doc.v.agent < minV) return;
    this.#touch(id, { doc, minV: doc.v.agent, expiresAtMs: this.#expiry() });
  }

  drop(key: AgentKey, v: number): void {
    const id = idOf(key);
    const minV = Math.max(v, this.#entries.get(id)?.minV ?? 0);
    this.#touch(id, { doc: undefined, minV, expiresAtMs: this.#expiry() });
  }

  clear(): void {
    this.#epoch += 1;
    this.#entries.clear();
  }

  #expiry(): number {
    return this.#options.clock.nowMs() + this.#options.ttlMs;
  }

  /** A map keeps insertion order, so the first one is the one unused for longest. */
  #touch(id: string, entry: Entry): void {
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    if (this.#entries.size <= this.#options.maxEntries) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}

function idOf({ tenant, agent }: AgentKey): string {
  return `${tenant}/${agent}`;
}
