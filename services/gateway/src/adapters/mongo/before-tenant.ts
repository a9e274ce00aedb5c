import { projectionName, projections } from '@trunkline/contracts';
import type { Mongo, Page, PageRequest } from '@trunkline/platform';
import { BeforeTenant } from '../../app/ports.js';
import { normaliseEmail } from '../../domain/email-address.js';
import type { ApiKeyDocument } from '../../views/api-keys.js';
import type { ClientDocument } from '../../views/clients.js';
import type { InvitationDocument } from '../../views/invitations.js';
import type { MembershipDocument } from '../../views/memberships.js';
import type { TenantDocument } from '../../views/tenants.js';

const QUERY_LIMIT_MS = 5000;
const MAX_MEMBERSHIPS = 200;

/** The only reads of this service that name no tenant: they are how one becomes known. */
export class MongoBeforeTenant extends BeforeTenant {
  readonly #mongo: Mongo;

  constructor(mongo: Mongo) {
    super();
    this.#mongo = mongo;
  }

  /** Which tenants a person may enter, the one joined first in front. */
  membershipsOf(user: string): Promise<MembershipDocument[]> {
    return this.#mongo
      .platformCollection<MembershipDocument>(projectionName(projections.memberships))
      .find({ user }, { maxTimeMS: QUERY_LIMIT_MS, limit: MAX_MEMBERSHIPS })
      .sort({ joinedAt: 1, _id: 1 })
      .toArray();
  }

  async invitationsTo(email: string, page: PageRequest): Promise<Page<InvitationDocument>> {
    const { limit, cursor } = page;
    const after = cursor === undefined ? {} : { _id: { $gt: cursor } };
    const found = await this.#mongo
      .platformCollection<InvitationDocument>(projectionName(projections.invitations))
      .find(
        { email: normaliseEmail(email), ...after },
        { maxTimeMS: QUERY_LIMIT_MS, limit: limit + 1 },
      )
      .sort({ _id: 1 })
      .toArray();
    const items = found.slice(0, limit);
    return { items, nextCursor: found.length > limit ? (items.at(-1)?._id ?? null) : null };
  }

  /** Whose key it is stands in the key's own document. */
  async apiKey(id: string): Promise<ApiKeyDocument | undefined> {
    const found = await this.#mongo
      .platformCollection<ApiKeyDocument>(projectionName(projections.apiKeys))
      .findOne({ _id: id, keyHash: { $exists: true } }, { maxTimeMS: QUERY_LIMIT_MS });
    return found ?? undefined;
  }

  /** The clients of an agency are tenants of their own. */
  async clientsOf(agency: string, page: PageRequest): Promise<Page<TenantDocument>> {
    const { limit, cursor } = page;
    const after = cursor === undefined ? {} : { _id: { $gt: cursor } };
    const found = await this.#mongo
      .platformCollection<ClientDocument>(projectionName(projections.clients))
      .find({ agency, ...after }, { maxTimeMS: QUERY_LIMIT_MS, limit: limit + 1 })
      .sort({ _id: 1 })
      .toArray();
    const ids = found.slice(0, limit).map((client) => client._id);
    const items = await this.#mongo
      .platformCollection<TenantDocument>(projectionName(projections.tenants))
      .find({ _id: { $in: ids }, parent: agency }, { maxTimeMS: QUERY_LIMIT_MS })
      .sort({ _id: 1 })
      .toArray();
    return { items, nextCursor: found.length > limit ? (ids.at(-1) ?? null) : null };
  }
}
