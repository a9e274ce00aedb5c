import type { Envelope, TenantAnswer, tenantRoutes } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { newId, type HttpContext, type RouteHandlers } from '@trunkline/platform';
import { tenantRef } from '../../app/by.js';
import { fromLog, readTenant } from '../../app/from-log.js';
import { createTenant } from '../../app/tenancy.js';
import type { Gateway } from '../../app.module.js';
import { tenant as decider, type TenantCommand } from '../../domain/tenant.js';
import { tenants, type TenantDocument } from '../../views/tenants.js';
import { byOf } from './by-context.js';

export function tenantHandlers(gateway: Gateway): RouteHandlers<typeof tenantRoutes> {
  const { identity, authentication } = gateway;
  const change = async (
    id: string,
    command: TenantCommand,
    context: HttpContext,
  ): Promise<TenantDocument> => {
    await identity.facts.change(decider, { ref: tenantRef(id), command, by: byOf(context) });
    authentication.forget();
    return demand(await fromLog(identity, tenants, tenantRef(id)));
  };
  const changeClient = async (
    id: string,
    command: TenantCommand,
    context: HttpContext,
  ): Promise<TenantAnswer> => {
    await findClient(gateway, context, id);
    return answerTenant(await change(id, command, context));
  };
  return {
    getTenant: async (_, { principal }) =>
      answerTenant(demand(await readTenant(identity, principal.tenant))),
    renameTenant: async ({ body }, context) =>
      answerTenant(await change(context.principal.tenant, { type: 'rename', ...body }, context)),
    getRuntimeDefaults: async (_, { principal }) =>
      demand(await readTenant(identity, principal.tenant)).runtimeDefaults,
    async setRuntimeDefaults({ body }, context) {
      const command = { type: 'set-runtime-defaults', defaults: body } as const;
      return (await change(context.principal.tenant, command, context)).runtimeDefaults;
    },
    async createClient({ body }, context) {
      const agency = demand(await readTenant(identity, context.principal.tenant));
      const parent = { id: agency._id, isClient: agency.parent !== null };
      const id = context.idempotency?.id ?? newId();
      const created = { id, name: body.name, slug: body.slug ?? null, parent };
      return answerCreated(await createTenant(identity, created, byOf(context)));
    },
    async listClients({ query }, { principal }) {
      const page = await identity.before.clientsOf(principal.tenant, query);
      return { items: page.items.map(answerTenant), nextCursor: page.nextCursor };
    },
    getClient: async ({ params }, context) =>
      answerTenant(await findClient(gateway, context, params.clientId)),
    setClientLimits: ({ params, body }, context) =>
      changeClient(params.clientId, { type: 'set-limits', limits: body }, context),
    suspendClient: ({ params, body }, context) =>
      changeClient(params.clientId, { type: 'suspend', ...body }, context),
    resumeClient: ({ params }, context) =>
      changeClient(params.clientId, { type: 'resume' }, context),
  };
}

/** Somebody else's client is as unknown as none at all. */
async function findClient(
  { identity }: Gateway,
  { principal }: HttpContext,
  id: string,
): Promise<TenantDocument> {
  const found = demand(await readTenant(identity, id));
  if (found.parent !== principal.tenant) throw new AppError('request.not-found');
  return found;
}

function demand(found: TenantDocument | undefined): TenantDocument {
  if (!found) throw new AppError('request.not-found');
  return found;
}

/** From the creating event itself: a repeated request gets the answer of the first one. */
function answerCreated(event: Envelope): TenantAnswer {
  return answerTenant(demand(tenants.project(undefined, event)));
}

function answerTenant(doc: TenantDocument): TenantAnswer {
  const { _id: id, name, slug, parent, suspended, limits, runtimeDefaults, createdAt } = doc;
  return { id, name, slug, parent, suspended, limits, runtimeDefaults, createdAt };
}
