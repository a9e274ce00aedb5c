import { randomBytes } from 'node:crypto';
import { PLATFORM_TENANT } from '@trunkline/contracts';
import { AppError, type Clock } from '@trunkline/kernel';
import { trusted, type Mongo, type TenantCollection } from '@trunkline/platform';
import { sha256Hex } from '../../app/digest.js';
import { Links, type LinkPurpose, type PresentedLink } from '../../app/ports.js';
import { LINK_LIFETIME_MS } from '../../app/token-lifetimes.js';

interface LinkDocument {
  /** The token's sha256. */
  readonly _id: string;
  readonly tenant: typeof PLATFORM_TENANT;
  readonly purpose: LinkPurpose;
  readonly user: string;
  readonly expiresAt: Date;
}

const LINKS = 'gateway-links';
const TOKEN_BYTES = 32;

export class MongoLinks extends Links {
  readonly #links: TenantCollection<LinkDocument>;
  readonly #clock: Clock;

  constructor(mongo: Mongo, clock: Clock) {
    super();
    this.#links = mongo.tenantCollection<LinkDocument>(LINKS);
    this.#clock = clock;
  }

  static async prepare(mongo: Mongo): Promise<void> {
    await mongo.ensureCollection(LINKS, {
      platform: true,
      indexes: [
        { keys: { expiresAt: 1 }, options: { expireAfterSeconds: 60 } },
        { keys: { tenant: 1, user: 1 } },
      ],
      enums: { purpose: ['verify-email', 'reset-password'] },
    });
  }

  /** A new link makes the earlier ones of its purpose worthless. */
  async issue(purpose: LinkPurpose, user: string): Promise<string> {
    await this.#links.deleteMany(PLATFORM_TENANT, { purpose, user });
    const text = randomBytes(TOKEN_BYTES).toString('base64url');
    const expiresAt = new Date(this.#clock.nowMs() + LINK_LIFETIME_MS);
    const doc = {
      _id: sha256Hex(text),
      tenant: PLATFORM_TENANT,
      purpose,
      user,
      expiresAt,
    } as const;
    await this.#links.insertOne(PLATFORM_TENANT, doc);
    return text;
  }

  async holder(link: PresentedLink): Promise<string> {
    return (await this.#find(link)).user;
  }

  /** Whoever deletes it has redeemed it: once. Dying during the work leaves it spent. */
  async redeem(link: PresentedLink, work: (user: string) => Promise<void>): Promise<void> {
    const found = await this.#find(link);
    const deleted = await this.#links.deleteOne(PLATFORM_TENANT, { _id: found._id });
    if (deleted !== 1) throw new AppError('auth.link-spent');
    try {
      await work(found.user);
    } catch (error) {
      await this.#links.insertOne(PLATFORM_TENANT, found);
      throw error;
    }
  }

  async #find({ purpose, token }: PresentedLink): Promise<LinkDocument> {
    const now = new Date(this.#clock.nowMs());
    const filter = { _id: sha256Hex(token), purpose, expiresAt: trusted({ $gt: now }) };
    const found = await this.#links.findOne(PLATFORM_TENANT, filter);
    if (!found) throw new AppError('auth.link-spent');
    return found;
  }
}
