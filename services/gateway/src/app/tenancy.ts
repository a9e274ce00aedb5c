import type { AggregateRef, Envelope, Role } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { derivedId, stateOf } from '@trunkline/platform';
import { slugClaim } from '../domain/claims.js';
import { membership, type MembershipCommand } from '../domain/membership.js';
import { ownership } from '../domain/ownership.js';
import { tenant } from '../domain/tenant.js';
import { membershipRef, ownershipRef, slugClaimRef, tenantRef, type By } from './by.js';
import type { Identity } from './identity.js';

type Tenancy = Pick<Identity, 'facts' | 'clock'>;

/** Ten times as long as a request may take, and its append may be sent. */
const CLAIM_LIFE_MS = 10 * 60_000;

export interface NewTenant {
  readonly id: string;
  readonly name: string;
  readonly slug: string | null;
  readonly parent: { readonly id: string; readonly isClient: boolean } | null;
}

/** Repeating it with the same id and request answers the same event. */
export async function createTenant(deps: Tenancy, created: NewTenant, by: By): Promise<Envelope> {
  const { id, ...rest } = created;
  if (rest.parent?.isClient) throw new AppError('tenant.is-client');
  if (rest.slug !== null) await claimSlug(deps, { slug: rest.slug, holder: id }, by);
  const command = { type: 'create', ...rest } as const;
  return deps.facts.create(tenant, { ref: tenantRef(id), command, by });
}

interface SlugClaim {
  readonly slug: string;
  readonly holder: string;
}

async function claimSlug(deps: Tenancy, wanted: SlugClaim, by: By): Promise<void> {
  const found = await takeSlug(deps, wanted, by);
  if (found === wanted.holder) return;
  if (found !== null) {
    if (!(await isAbandoned(deps, wanted.slug, found))) throw new AppError('slug.taken');
    const release = { type: 'release', holder: found } as const;
    await deps.facts.change(slugClaim, { ref: slugRef(wanted.slug), command: release, by });
  }
  if ((await takeSlug(deps, wanted, by)) !== wanted.holder) throw new AppError('slug.taken');
}

async function takeSlug(
  deps: Tenancy,
  { slug, holder }: SlugClaim,
  by: By,
): Promise<string | null> {
  const command = { type: 'claim', holder } as const;
  const { state } = await deps.facts.change(slugClaim, { ref: slugRef(slug), command, by });
  return state.holder;
}

/** Whoever claimed it died before making the tenant: no request lives that long. */
async function isAbandoned(deps: Tenancy, slug: string, holder: string): Promise<boolean> {
  const claimed = (await deps.facts.history(slugRef(slug))).at(-1);
  const sinceMs = Date.parse(claimed?.occurredAt ?? '');
  if (!(deps.clock.nowMs() - sinceMs > CLAIM_LIFE_MS)) return false;
  const made = await deps.facts.history(tenantRef(holder));
  return made.length === 0;
}

function slugRef(slug: string): AggregateRef {
  return slugClaimRef(derivedId(['slug', slug]));
}

/** The tenant that has a slug, if one does. */
export async function slugHolder(deps: Tenancy, slug: string): Promise<string | null> {
  const { holder } = stateOf(slugClaim, { events: await deps.facts.history(slugRef(slug)) });
  return holder !== null && (await isAbandoned(deps, slug, holder)) ? null : holder;
}

export function membershipId(tenantId: string, user: string): string {
  return derivedId(['membership', tenantId, user]);
}

export interface NewMember {
  readonly tenant: string;
  readonly user: string;
  readonly role: Role;
  readonly invitation: string | null;
}

export async function addMember(deps: Identity, added: NewMember, by: By): Promise<void> {
  const { tenant: tenantId, ...rest } = added;
  const ref = membershipRef(tenantId, membershipId(tenantId, added.user));
  await deps.facts.change(membership, { ref, command: { type: 'add', ...rest }, by });
  if (added.role === 'owner') await gainOwnership(deps, { tenant: tenantId, user: added.user }, by);
}

export interface MemberChange {
  readonly tenant: string;
  readonly member: string;
  readonly command: Extract<MembershipCommand, { type: 'change-role' | 'remove' }>;
}

/** The order of the two facts is what keeps the last owner: see domain/ownership.ts. */
export async function changeMember(deps: Identity, change: MemberChange, by: By): Promise<void> {
  const { tenant: tenantId, member, command } = change;
  const ref = membershipRef(tenantId, member);
  const found = stateOf(membership, { events: await deps.facts.history(ref) });
  const role = command.type === 'change-role' ? command.role : null;
  // Decided once without being written, so that a forbidden change gives up no ownership.
  membership.decide(found, command);
  if (found.user === null) throw new AppError('request.not-found');
  if (found.role === 'owner' && role !== 'owner') {
    const giveUp = { type: 'give-up', user: found.user } as const;
    await deps.facts.change(ownership, { ref: ownershipRef(tenantId), command: giveUp, by });
  }
  await deps.facts.change(membership, { ref, command, by });
  if (role === 'owner') await gainOwnership(deps, { tenant: tenantId, user: found.user }, by);
}

async function gainOwnership(
  deps: Identity,
  { tenant: tenantId, user }: { readonly tenant: string; readonly user: string },
  by: By,
): Promise<void> {
  const command = { type: 'gain', user } as const;
  await deps.facts.change(ownership, { ref: ownershipRef(tenantId), command, by });
}
