import { isAppError, sleep } from '@trunkline/kernel';
import type { Admission } from '@trunkline/contracts';
import type { CommandOutcome, StreamOrder } from '@trunkline/telephony';
import type { DialOrder } from '../domain/dial.js';
import type { CampaignsApp } from './campaigns-app.js';
import { hangUpLeg } from './hang-up.js';
import { openLine } from './open-line.js';
import type { DialKey, OpenLine } from './ports.js';

const TRIES = 10;
const PAUSE_MS = 200;

/** With a token made now, so that none waits out the ringing. */
export async function startStream(
  app: CampaignsApp,
  key: DialKey,
  leg: { readonly order: DialOrder; readonly carrierCallId: string },
): Promise<void> {
  const { order, carrierCallId } = leg;
  const { carrierAccount, pod } = order;
  const line = await openLine(app, { ...key, carrierAccount, correlationId: key.callId });
  try {
    const admission = await app.pods.admit({ ...key, pod });
    await openStream(app, line, { callId: key.callId, carrierCallId, admission });
  } catch (error) {
    if (!isAppError(error) || error.code !== 'voice.no-room') throw error;
    app.logger.warn('dial.place-lost', { callId: key.callId, code: error.code });
    await hangUpLeg(app, line, carrierCallId);
  }
}

export interface AdmittedLeg {
  readonly callId: string;
  readonly carrierCallId: string;
  readonly admission: Admission;
}

export async function openStream(
  app: CampaignsApp,
  line: OpenLine,
  { callId, carrierCallId, admission }: AdmittedLeg,
): Promise<void> {
  const command = { carrierCallId, commandId: `stream-${callId}` };
  const order = streamOrder(callId, admission);
  const refused = await onceAnswered(() => app.lines.stream(line, command, order));
  if (refused !== undefined) app.logger.warn('dial.no-stream', { callId, reason: refused });
}

/** Told again while the carrier has not noticed yet that the call was answered; else why not. */
export async function onceAnswered(
  tell: () => Promise<CommandOutcome>,
): Promise<string | undefined> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const outcome = await tell();
    if (outcome.kind === 'done' || outcome.kind === 'gone') return undefined;
    const isEarly = outcome.kind === 'rejected' && outcome.carrierCode === '90034';
    if (outcome.kind === 'rejected' && !isEarly) return outcome.reason;
    await sleep(PAUSE_MS);
  }
  return 'not answered';
}

export function streamOrder(callId: string, admission: Admission): StreamOrder {
  const { url, streamToken: token, timeLimitSeconds } = admission;
  return { url, token, timeLimitSeconds, parameters: { callId } };
}
