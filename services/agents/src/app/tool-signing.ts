import type { agentsRoutes } from '@trunkline/contracts';
import type { z } from 'zod';
import type { AgentsApp } from './agents-app.js';
import type { By } from './by.js';

type SecretAnswer = z.input<typeof agentsRoutes.getToolSigningSecret.answer>;

/** What webhooks of tools are signed with, as Standard Webhooks writes secrets. */
export async function toolSigningSecret(app: AgentsApp, by: By): Promise<string> {
  const key = await app.dataKeys.derive(by, 'tool-webhooks');
  return `whsec_${key.toString('base64')}`;
}

export async function showToolSigningSecret(app: AgentsApp, by: By): Promise<SecretAnswer> {
  app.logger.info('secret.opened', { aggregate: 'datakey', id: by.tenant, reason: 'shown' });
  return { secret: await toolSigningSecret(app, by) };
}
