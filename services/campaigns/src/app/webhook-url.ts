import type { CampaignsApp } from './campaigns-app.js';
import type { OpenLine } from './ports.js';

/** Where the carrier tells of one call; what follows says what it tells. */
export function webhookUrl(
  { publicBaseUrl }: Pick<CampaignsApp, 'publicBaseUrl'>,
  { carrier, carrierAccount }: Pick<OpenLine, 'carrier' | 'carrierAccount'>,
  callId: string,
): string {
  const base = publicBaseUrl.replace(/\/+$/, '');
  return `${base}/webhooks/${carrier}/${carrierAccount}/calls/${callId}`;
}
