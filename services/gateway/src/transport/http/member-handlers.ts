import { virsynRoleOf, type Envelope, type memberRoutes } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { HttpContext, RouteHandlers } from '@trunkline/platform';
import { acceptInvitation, invite, revokeInvitation } from '../../app/invite.js';
import { changeMember, membershipId } from '../../app/tenancy.js';
import type { Gateway } from '../../app.module.js';
import type { MembershipCommand } from '../../domain/membership.js';
import { invitations, listInvitations, type InvitationDocument } from '../../views/invitations.js';
import {
  findMembership,
  listMemberships,
  type MembershipDocument,
} from '../../views/memberships.js';
import { findTenant } from '../../views/tenants.js';
import { findUsers } from '../../views/users.js';
import { byOf } from './by-context.js';

type ChangeCommand = Extract<MembershipCommand, { type: 'change-role' | 'remove' }>;

export function memberHandlers(gateway: Gateway): RouteHandlers<typeof memberRoutes> {
  const { identity, authentication } = gateway;
  const change = async (
    member: string,
    command: ChangeCommand,
    context: HttpContext,
  ): Promise<void> => {
    const { tenant } = context.principal;
    await changeMember(identity, { tenant, member, command }, byOf(context));
    authentication.forget();
  };
  return {
    async listMembers({ query }, { principal }) {
      const page = await listMemberships(identity.mongo, principal.tenant, query);
      const items = await answerMembers(gateway, principal.tenant, page.items);
      return { items, nextCursor: page.nextCursor };
    },
    async changeRole({ params, body }, context) {
      const { principal } = context;
      const command = { type: 'change-role', role: body.role, by: principal.role } as const;
      await change(params.memberId, command, context);
      const found = await findMembership(identity.mongo, principal.tenant, params.memberId);
      const [answer] = await answerMembers(gateway, principal.tenant, found ? [found] : []);
      if (!answer) throw new AppError('request.not-found');
      return answer;
    },
    async removeMember({ params }, context) {
      const command = { type: 'remove', reason: 'removed', by: context.principal.role } as const;
      await change(params.memberId, command, context);
      return null;
    },
    async leaveTenant(_, context) {
      const { tenant, id } = context.principal;
      const command = { type: 'remove', reason: 'left', by: null } as const;
      await change(membershipId(tenant, id), command, context);
      return null;
    },
    async invite({ body }, context) {
      const { tenant, role: inviter } = context.principal;
      const event = await invite(identity, { tenant, inviter, ...body }, byOf(context));
      return answerIssued(event, identity.clock.nowMs());
    },
    async listInvitations({ query }, { principal }) {
      const page = await listInvitations(identity.mongo, principal.tenant, query);
      const nowMs = identity.clock.nowMs();
      const items = page.items.map((doc) => answerInvitation(doc, nowMs));
      return { items, nextCursor: page.nextCursor };
    },
    async revokeInvitation({ params }, context) {
      const { tenant } = context.principal;
      await revokeInvitation(identity, { tenant, id: params.invitationId }, byOf(context));
      return null;
    },
    acceptInvitation: ({ body }, context) =>
      acceptInvitation(identity, { ...body, ip: context.ip }, byOf(context)),
  };
}

async function answerMembers(
  { identity }: Gateway,
  tenantId: string,
  members: readonly MembershipDocument[],
) {
  const [tenant, people] = await Promise.all([
    findTenant(identity.mongo, tenantId),
    findUsers(
      identity.mongo,
      members.map((member) => member.user),
    ),
  ]);
  const byId = new Map(people.map((person) => [person._id, person]));
  const isClient = tenant?.parent != null;
  return members.map(({ _id: id, user, role, joinedAt }) => ({
    id,
    user,
    email: byId.get(user)?.email ?? '',
    name: byId.get(user)?.name ?? '',
    role,
    roleName: virsynRoleOf(role, isClient),
    joinedAt,
  }));
}

function answerIssued(event: Envelope, nowMs: number) {
  const doc = invitations.project(undefined, event);
  if (!doc) throw new AppError('internal');
  return answerInvitation(doc, nowMs);
}

function answerInvitation(doc: InvitationDocument, nowMs: number) {
  const { _id: id, email, role, issuedAt, expiresAt } = doc;
  const isExpired = doc.state === 'open' && Date.parse(expiresAt) <= nowMs;
  const state = isExpired ? ('expired' as const) : doc.state;
  return { id, email, role, state, issuedAt, expiresAt };
}
