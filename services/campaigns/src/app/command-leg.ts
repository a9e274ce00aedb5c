import type { campaignsRuntimeRequests } from '@trunkline/contracts';
import { isAppError } from '@trunkline/kernel';
import type { RequestContext } from '@trunkline/platform';
import type { z } from 'zod';
import type { CampaignsApp } from './campaigns-app.js';
import { loadDial } from './dials.js';
import { openLine } from './open-line.js';
import { webhookUrl } from './webhook-url.js';

type Leg = z.output<typeof campaignsRuntimeRequests.hangUpLeg.input>;
type Transfer = z.output<typeof campaignsRuntimeRequests.transferLeg.input>;
type TransferAnswer = z.input<typeof campaignsRuntimeRequests.transferLeg.output>;

/** Of a leg that we did not dial nobody told us a limit. */
const USUAL_LIMIT_SECONDS = 3600;

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

/** Some carriers are told where the leg goes; others ask for a document that says so. */
export async function commandTransfer(
  app: CampaignsApp,
  context: RequestContext,
  asked: Transfer,
): Promise<TransferAnswer> {
  const { tenant } = context.principal;
  const { callId, carrierAccount, carrierCallId, to, callerId } = asked;
  const { correlationId } = context;
  const line = await openLine(app, { tenant, carrierAccount, correlationId });
  const { state } = await loadDial(app, { tenant, callId });
  const timeLimitSeconds = state.order?.timeLimitSeconds ?? USUAL_LIMIT_SECONDS;
  app.transfers.keep({ tenant, callId }, { to, callerId, timeLimitSeconds });
  const { kind } = await app.lines.transfer(line, {
    ...{ carrierCallId, to, callerId, timeLimitSeconds },
    commandId: `transfer-${callId}`,
    documentUrl: `${webhookUrl(app, line, callId)}/transfer/${app.transfers.replica}`,
  });
  if (kind === 'unknown') return { outcome: 'unknown' };
  return { outcome: kind === 'done' ? 'connected' : 'refused' };
}
