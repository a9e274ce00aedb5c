import { isAppError, retry } from '@trunkline/kernel';
import type { CallOrder } from '@trunkline/telephony';
import { mayHaveLeg, type DialOrder, type Settlement } from '../domain/dial.js';
import type { CampaignsApp } from './campaigns-app.js';
import { changeDial, loadDial, stepDue, type Changed, type LoadedDial } from './dials.js';
import { giveBack } from './give-back.js';
import { hangUpLeg } from './hang-up.js';
import { openLine } from './open-line.js';
import type { DialKey, DialReply, OpenLine } from './ports.js';
import { webhookUrl } from './webhook-url.js';

/** As long as the reconciler lets an attempt stand. */
const settling = { attempts: 6, firstDelayMs: 200, maxDelayMs: 3000, jitter: 0.5 };

/**
 * The one POST of a dial. Whoever appends `dial.attempting` sends it, once, whatever happens to
 * this process afterwards; the others find nothing to do.
 */
export async function attemptDial(app: CampaignsApp, key: DialKey): Promise<void> {
  const dial = await loadDial(app, key);
  const { state, correlationId } = dial;
  const { order } = state;
  if (state.status !== 'requested' || !order) return;
  const { carrierAccount, pod } = order;
  // Woken too late: the place is somebody else's by now.
  if (stepDue(app, dial) === 'cancel') return cancelDial(app, key, 'nobody dialled in time');
  const line = await lineOf(app, { ...key, carrierAccount, correlationId });
  if (!line) return cancelDial(app, key, 'the carrier account is gone');
  const attempt = { command: { do: 'attempt', pod }, known: dial } as const;
  const { event } = await changeDial(app, key, attempt);
  if (!event) return;
  const reply = await app.lines.dial(line, callOrder(app, key, order));
  const settlement = settlementOf(reply);
  const { state: after } = await settle(app, key, { settlement, dial });
  app.logger.info('dial.settled', { callId: key.callId, outcome: reply.kind });
  if (settlement.kind === 'rejected') await giveBack(app, key, order);
  // Given up meanwhile by somebody who thought us dead: a leg nobody waits for must not ring on.
  if (settlement.kind === 'accepted' && !mayHaveLeg(after)) {
    await hangUpLeg(app, line, settlement.carrierCallId);
  }
}

async function lineOf(
  app: CampaignsApp,
  of: DialKey & { readonly carrierAccount: string; readonly correlationId: string },
): Promise<OpenLine | undefined> {
  try {
    return await openLine(app, of);
  } catch (error) {
    if (isAppError(error) && error.code === 'request.not-found') return undefined;
    throw error;
  }
}

/** Nothing was posted and nothing will be. */
export async function cancelDial(app: CampaignsApp, key: DialKey, detail: string): Promise<void> {
  const close = { do: 'close', outcome: 'cancelled', reason: 'dial_failed', detail } as const;
  const { state, event } = await changeDial(app, key, { command: close });
  if (event) await giveBack(app, key, state.order);
}

function callOrder(app: CampaignsApp, key: DialKey, order: DialOrder): CallOrder {
  const { from, to, ringSeconds, timeLimitSeconds } = order;
  const url = webhookUrl(app, order, key.callId);
  const mode = order.machineDetection;
  return {
    ...{ to, from, ringSeconds, timeLimitSeconds, commandId: key.callId },
    answerUrl: `${url}/answer`,
    statusUrl: `${url}/status`,
    ...(mode === 'off' ? {} : { machineDetection: { mode, resultUrl: `${url}/amd` } }),
  };
}

function settlementOf(reply: DialReply): Settlement {
  switch (reply.kind) {
    case 'accepted':
      return { kind: 'accepted', carrierCallId: reply.carrierCallId };
    case 'rejected':
      return { kind: 'rejected', reason: reply.reason, carrierCode: reply.carrierCode };
    case 'not-sent':
      return { kind: 'rejected', reason: 'unreachable', carrierCode: null };
    default:
      return { kind: 'unknown', why: 'timeout' };
  }
}

/** Should the log stay away for longer, the reconciler finds the attempt and calls it unknown. */
function settle(
  app: CampaignsApp,
  key: DialKey,
  of: { readonly settlement: Settlement; readonly dial: LoadedDial },
): Promise<Changed> {
  const { settlement, dial } = of;
  const command = { do: 'settle', settlement } as const;
  const { correlationId } = dial;
  return retry(settling, () => changeDial(app, key, { command, correlationId }));
}
