import type { RequestContext } from '@trunkline/platform';
import type { CampaignsApp } from './campaigns-app.js';
import { changeDial, loadDial } from './dials.js';

/** The numbers and variables go with the call; the archiver does the forgetting. */
export async function eraseDial(
  app: CampaignsApp,
  context: RequestContext,
  asked: { readonly callId: string; readonly reason: string },
): Promise<{ erased: boolean }> {
  const key = { tenant: context.principal.tenant, callId: asked.callId };
  const known = await loadDial(app, key);
  if (!known.state.order) return { erased: false };
  await changeDial(app, key, { command: { do: 'erase', reason: asked.reason }, known });
  return { erased: true };
}
