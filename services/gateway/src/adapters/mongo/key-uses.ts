import type { Clock } from '@trunkline/kernel';
import { trusted, type Logger, type Mongo, type TenantCollection } from '@trunkline/platform';
import { KeyUses } from '../../app/ports.js';

interface KeyUseDocument {
  readonly _id: string;
  readonly tenant: string;
  readonly lastUsedAt: string;
}

const KEY_USES = 'gateway-key-uses';
const WRITE_EVERY_MS = 60_000;
/** More keys than this in a minute are written a little more often. */
const MAX_REMEMBERED = 10_000;

export class MongoKeyUses extends KeyUses {
  readonly #uses: TenantCollection<KeyUseDocument>;
  readonly #options: { readonly clock: Clock; readonly logger: Pick<Logger, 'warn'> };
  readonly #writtenMs = new Map<string, number>();

  constructor(
    mongo: Mongo,
    options: { readonly clock: Clock; readonly logger: Pick<Logger, 'warn'> },
  ) {
    super();
    this.#uses = mongo.tenantCollection<KeyUseDocument>(KEY_USES);
    this.#options = options;
  }

  static async prepare(mongo: Mongo): Promise<void> {
    await mongo.ensureCollection(KEY_USES, { indexes: [{ keys: { tenant: 1, _id: 1 } }] });
  }

  note(tenant: string, key: string): void {
    const nowMs = this.#options.clock.nowMs();
    const writtenMs = this.#writtenMs.get(key) ?? 0;
    if (nowMs - writtenMs < WRITE_EVERY_MS) return;
    if (this.#writtenMs.size >= MAX_REMEMBERED) this.#writtenMs.clear();
    this.#writtenMs.set(key, nowMs);
    void this.#write(tenant, key, new Date(nowMs).toISOString());
  }

  async lastUsed(tenant: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const filter = { _id: trusted({ $in: [...keys] }) };
    const found = await this.#uses.find(tenant, filter, { limit: Math.max(1, keys.length) });
    return new Map(found.map((use) => [use._id, use.lastUsedAt]));
  }

  /** Beside the request that used the key: when it fails, the next minute writes again. */
  async #write(tenant: string, key: string, lastUsedAt: string): Promise<void> {
    try {
      const update = { $max: { lastUsedAt } };
      await this.#uses.updateOne(tenant, { _id: key }, { update, upsert: true });
    } catch (error) {
      this.#options.logger.warn('key-use.not-written', { keyId: key, error });
    }
  }
}
