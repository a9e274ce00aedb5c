import type { DialOrder } from '../domain/dial.js';
import type { CampaignsApp } from './campaigns-app.js';
import type { DialKey } from './ports.js';

/** The place of a call that will not be; a second leg has none of its own. */
export async function giveBack(
  app: CampaignsApp,
  key: DialKey,
  order: DialOrder | undefined,
): Promise<void> {
  if (order && order.transfer === undefined) await app.pods.giveBack({ ...key, pod: order.pod });
}
