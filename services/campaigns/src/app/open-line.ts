import { agentsRuntimeRequests, PLATFORM_TENANT } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { actingFor } from '@trunkline/platform';
import type { CampaignsApp } from './campaigns-app.js';
import type { OpenLine } from './ports.js';

/** Rejects with `request.not-found` when the account is gone or somebody else's. */
export async function openLine(
  app: CampaignsApp,
  of: { readonly tenant: string; readonly carrierAccount: string; readonly correlationId: string },
): Promise<OpenLine> {
  const { tenant, carrierAccount, correlationId } = of;
  // The account is found by its id alone; whose it is comes back with it.
  const context = actingFor('campaigns', { tenant: PLATFORM_TENANT, correlationId });
  const definition = agentsRuntimeRequests.openCarrierAccount;
  const opened = await app.requests.ask(definition, { carrierAccount }, context);
  if (opened.tenant !== tenant) throw new AppError('request.not-found');
  const { carrier, accountId, secret } = opened;
  if (accountId === null) {
    throw new AppError('route.bad-target', { details: { field: 'carrierAccount' } });
  }
  return { carrier, carrierAccount, accountId, secret };
}
