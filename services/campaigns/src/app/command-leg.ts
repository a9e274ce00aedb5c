import type { campaignsRuntimeRequests } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import type { RequestContext } from '@trunkline/platform';
import type { z } from 'zod';
import type { CampaignsApp } from './campaigns-app.js';
import { openLine } from './open-line.js';

type Leg = z.output<typeof campaignsRuntimeRequests.hangUpLeg.input>;

/** Asked once: whoever ended the call asks again until it is gone. */
export async function commandHangUp(
  app: CampaignsApp,
  context: RequestContext,
  { carrierAccount, carrierCallId }: Leg,
): Promise<{ gone: boolean }> {
  const { tenant } = context.principal;
  const { correlationId } = context;
  try {
    const line = await openLine(app, { tenant, carrierAccount, correlationId });
    const { kind } = await app.lines.hangUp(line, carrierCallId);
    return { gone: kind === 'done' || kind === 'gone' };
  } catch (error) {
    // Without the account there is nobody to hang up with; its own time limit ends the leg.
    if (isAppError(error) && error.code === 'request.not-found') return { gone: true };
    throw error;
  }
}
