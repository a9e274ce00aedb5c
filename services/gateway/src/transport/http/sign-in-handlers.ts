import { permissionsOf, virsynRoleOf, type authRoutes } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { HttpContext, RouteHandlers } from '@trunkline/platform';
import { user as decider } from '../../domain/user.js';
import { userRef } from '../../app/by.js';
import { erasePerson } from '../../app/erase.js';
import { logIn, logInClassic, switchTenant } from '../../app/log-in.js';
import {
  changePassword,
  forgotPassword,
  proveIdentity,
  resetPassword,
  verifyEmail,
} from '../../app/passwords.js';
import { refresh } from '../../app/refresh.js';
import { signUp } from '../../app/sign-up.js';
import type { Gateway } from '../../app.module.js';
import { findTenant } from '../../views/tenants.js';
import { findUser } from '../../views/users.js';
import { byOf } from './by-context.js';

const accepted = { accepted: true } as const;

export function signInHandlers(gateway: Gateway): RouteHandlers<typeof authRoutes> {
  const { identity, authentication } = gateway;
  return {
    async signUp({ body }, context) {
      await signUp(identity, { ...body, ip: context.ip }, byOf(context));
      return accepted;
    },
    login: ({ body }, context) => logIn(identity, body, context.ip),
    classicLogin: ({ body }, context) => logInClassic(identity, body, context.ip),
    refresh: ({ body }) => refresh(identity, body.refreshToken),
    async logout(_, context) {
      await identity.sessions.end(authentication.sessionOf(context.principal));
      authentication.forget();
      return null;
    },
    async logoutEverywhere(_, context) {
      const user = context.principal.id;
      const command = { type: 'sign-out-everywhere' } as const;
      await identity.facts.change(decider, { ref: userRef(user), command, by: byOf(context) });
      await identity.sessions.endAllOf(user);
      authentication.forget();
      return null;
    },
    async changePassword({ body }, context) {
      const session = authentication.sessionOf(context.principal);
      const user = context.principal.id;
      await changePassword(identity, { ...body, user, session, ip: context.ip }, byOf(context));
      authentication.forget();
      return null;
    },
    async forgotPassword({ body }, context) {
      await forgotPassword(identity, body.email, context.ip);
      return accepted;
    },
    async resetPassword({ body }, context) {
      await resetPassword(identity, body, byOf(context));
      authentication.forget();
      return null;
    },
    async verifyEmail({ body }, context) {
      await verifyEmail(identity, body.token, byOf(context));
      return null;
    },
    switchTenant: ({ body }, { principal }) =>
      switchTenant(identity, authentication.sessionOf(principal), body.tenant),
    me: (_, context) => describeMe(gateway, context),
    async eraseMe({ body }, context) {
      const proof = { password: body.password, ip: context.ip };
      const person = await proveIdentity(identity, context.principal.id, proof);
      await erasePerson(identity, person, byOf(context));
      authentication.forget();
      return null;
    },
  };
}

async function describeMe({ identity }: Gateway, { principal }: HttpContext) {
  const [user, memberships, here] = await Promise.all([
    findUser(identity.mongo, principal.id),
    identity.before.membershipsOf(principal.id),
    findTenant(identity.mongo, principal.tenant),
  ]);
  if (!user || !here) throw new AppError('auth.invalid');
  const tenants = await Promise.all(
    memberships.map(({ tenant }) => findTenant(identity.mongo, tenant)),
  );
  return {
    id: user._id,
    kind: 'user' as const,
    email: user.email,
    name: user.name,
    emailVerified: user.emailVerified,
    tenant: principal.tenant,
    role: principal.role,
    roleName: virsynRoleOf(principal.role, here.parent !== null),
    permissions: permissionsOf(principal.role),
    memberships: memberships.map(({ tenant, role }, index) => ({
      tenant,
      tenantName: tenants[index]?.name ?? '',
      role,
    })),
  };
}
