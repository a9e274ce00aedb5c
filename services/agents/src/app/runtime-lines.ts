import type { agentsRuntimeRequests } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { derivedId } from '@trunkline/platform';
import type { z } from 'zod';
import { findRoute, findRoutesOfNumber, type RouteDocument } from '../views/routes.js';
import type { AgentsApp } from './agents-app.js';
import type { By } from './by.js';
import { fieldOf, loadKept } from './carrier-accounts.js';

type OpenedAccount = z.input<typeof agentsRuntimeRequests.openCarrierAccount.output>;
type RouteAsked = z.output<typeof agentsRuntimeRequests.resolveRoute.input>;
type ResolvedRoute = z.input<typeof agentsRuntimeRequests.resolveRoute.output>;

/** Whose account it is follows from its unguessable id; whoever asks speaks for no tenant yet. */
export async function openCarrierAccount(
  app: AgentsApp,
  asker: By,
  carrierAccount: string,
): Promise<OpenedAccount> {
  const tenant = await app.before.tenantOfCarrierAccount(carrierAccount);
  if (tenant === undefined) throw new AppError('request.not-found');
  const by = { ...asker, tenant };
  const { state, carrier } = await loadKept(app, by, carrierAccount);
  const field = fieldOf(carrier);
  const address = { aggregate: 'carrier-account', id: carrierAccount, provider: carrier, field };
  const sealed = state.sealed[field] ?? '';
  const secret = await app.dataKeys.open(by, { ...address, aggregate: 'carrier-account' }, sealed);
  app.logger.info('secret.opened', { ...address, reason: 'line' });
  const { accountId, publicKey } = state;
  const connectionId = carrier === 'telnyx' ? accountId : null;
  return { tenant, carrierAccount, carrier, accountId, connectionId, publicKey, secret };
}

export async function resolveRoute(
  app: AgentsApp,
  by: By,
  asked: RouteAsked,
): Promise<ResolvedRoute> {
  const found = await routeOf(app, by, asked);
  if (found?.status !== 'bound') throw new AppError('request.not-found');
  const { _id: route, carrierAccount, agent, version, whenNoRoom = null } = found;
  return { route, carrierAccount, agent, version, whenNoRoom };
}

async function routeOf(
  app: AgentsApp,
  by: By,
  asked: RouteAsked,
): Promise<RouteDocument | undefined> {
  const { carrierAccount, number, direction } = asked;
  if (carrierAccount !== null) {
    const id = derivedId([by.tenant, carrierAccount, number, direction]);
    return findRoute(app.mongo, by.tenant, id);
  }
  const [first, second] = await findRoutesOfNumber(app.mongo, by.tenant, { number, direction });
  if (second) throw new AppError('route.bad-target', { details: { field: 'carrierAccount' } });
  return first;
}
