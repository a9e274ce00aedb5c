import { sleep } from '@trunkline/kernel';
import type { CampaignsApp } from './campaigns-app.js';
import type { OpenLine } from './ports.js';

const TRIES = 5;
const PAUSE_MS = 500;

/** Until the carrier says that the leg is gone (2xx or 404); false: it has not said so yet. */
export async function hangUpLeg(
  app: CampaignsApp,
  line: OpenLine,
  carrierCallId: string,
): Promise<boolean> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const { kind } = await app.lines.hangUp(line, carrierCallId);
    if (kind === 'done' || kind === 'gone') return true;
    app.logger.warn('dial.hang-up-failed', { attempt, outcome: kind });
    if (attempt < TRIES) await sleep(PAUSE_MS * attempt);
  }
  return false;
}
