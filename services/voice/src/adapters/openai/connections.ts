import { createHash } from 'node:crypto';
import { AppError } from '@trunkline/kernel';
import { ConnectionShelf, type ShelfOptions } from './connection-shelf.js';

export interface ConnectionsOptions extends ShelfOptions {
  /** Shelves: one per address, owner and key. The longest unused idle one goes first. */
  readonly maxShelves: number;
}

const defaults: ConnectionsOptions = {
  keepAliveMs: 180_000,
  maxConnections: 512,
  connectLimitMs: 3000,
  headersLimitMs: 15_000,
  bodyLimitMs: 10_000,
  maxShelves: 1000,
};

export interface ShelfKey {
  readonly url: URL;
  readonly owner: string;
  readonly apiKey: string;
}

/** Warm connections, never shared between owners of different keys. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #shelves = new Map<string, ConnectionShelf>();
  #openedByGone = 0;

  constructor(options: Partial<ConnectionsOptions> = {}) {
    this.#options = { ...defaults, ...options };
  }

  shelf({ url, owner, apiKey }: ShelfKey): ConnectionShelf {
    const digest = createHash('sha256').update(apiKey).digest('base64url');
    const key = `${url.origin} ${owner} ${digest}`;
    const known = this.#shelves.get(key);
    if (known) {
      // Back to the end: a map keeps the order of insertion.
      this.#shelves.delete(key);
      this.#shelves.set(key, known);
      return known;
    }
    if (this.#shelves.size >= this.#options.maxShelves) this.#makeRoom();
    const shelf = new ConnectionShelf(url.origin, this.#options);
    this.#shelves.set(key, shelf);
    return shelf;
  }

  /** How many connections were ever opened: the bench divides it by turns. */
  get openedCount(): number {
    let sum = this.#openedByGone;
    for (const shelf of this.#shelves.values()) sum += shelf.openedCount;
    return sum;
  }

  async close(): Promise<void> {
    const shelves = [...this.#shelves.values()];
    this.#shelves.clear();
    await Promise.all(shelves.map((shelf) => shelf.close()));
  }

  #makeRoom(): void {
    for (const [key, shelf] of this.#shelves) {
      if (shelf.busyCount > 0) continue;
      this.#shelves.delete(key);
      this.#openedByGone += shelf.openedCount;
      void shelf.close();
      return;
    }
    throw new AppError('provider.unavailable', {
      details: { reason: 'too many accounts at once' },
    });
  }
}
