import { assertNever, isAppError } from '@trunkline/kernel';
import { rankOf } from '../domain/dial-status.js';
import { soonestDueMs } from '../domain/due.js';
import { attemptDial, cancelDial } from './attempt-dial.js';
import type { CampaignsApp } from './campaigns-app.js';
import { changeDial, loadDial, stepDue, type LoadedDial } from './dials.js';
import { giveBack } from './give-back.js';
import { hangUpLeg } from './hang-up.js';
import { lookUpDial } from './look-up-dial.js';
import { openLine } from './open-line.js';
import type { DialKey } from './ports.js';

/** One slow carrier must not keep the dials of all others waiting. */
const MAX_RUNNING = 8;

/** Looks after every dial that stands still. The view names them; the log decides about them. */
export async function reconcileAll(app: CampaignsApp, signal: AbortSignal): Promise<void> {
  const beforeMs = app.clock.nowMs() - soonestDueMs(app.patience);
  const running = new Set<Promise<void>>();
  for await (const key of app.openDials.openSince(beforeMs)) {
    if (signal.aborted) break;
    const work = reconcileSafely(app, key).finally(() => running.delete(work));
    running.add(work);
    if (running.size >= MAX_RUNNING) await Promise.race(running);
  }
  await Promise.all(running);
}

async function reconcileSafely(app: CampaignsApp, key: DialKey): Promise<void> {
  try {
    await reconcile(app, key);
  } catch (error) {
    app.logger.warn('dial.not-reconciled', { callId: key.callId, error });
  }
}

export async function reconcile(app: CampaignsApp, key: DialKey): Promise<void> {
  const dial = await loadDial(app, key);
  const step = stepDue(app, dial);
  if (step === undefined) return;
  if (step === 'look-up' && !app.lookUps.take(key.callId, app.clock.nowMs())) return;
  app.logger.info('dial.reconciling', { callId: key.callId, step });
  switch (step) {
    case 'take-up':
      return attemptDial(app, key);
    case 'cancel':
      return cancelDial(app, key, 'nobody dialled in time');
    case 'lose-sight': {
      const settlement = { kind: 'unknown', why: 'crash' } as const;
      await changeDial(app, key, { command: { do: 'settle', settlement }, known: dial });
      return;
    }
    case 'look-up':
      await lookUpDial(app, key, dial);
      return;
    case 'give-up':
      return giveUp(app, key, dial);
    default:
      return assertNever(step);
  }
}

/** Nobody told how it ended. Where the leg has a name it is hung up first, until that is certain. */
async function giveUp(app: CampaignsApp, key: DialKey, dial: LoadedDial): Promise<void> {
  const { carrierCallId, order, status } = dial.state;
  // A last look: what is found after all may still be talked to, and is hung up in the end.
  if (status === 'unknown' && (await lookUpDial(app, key, dial))) return;
  if (carrierCallId !== null && order) {
    const isGone = await hangUp(app, { ...key, ...order, carrierCallId }, dial.correlationId);
    if (!isGone) return;
  }
  const outcome = rankOf(status) >= rankOf('answered') ? 'connected' : 'unknown';
  const detail = 'the carrier never told how it ended';
  const close = { do: 'close', outcome, reason: 'error_unknown', detail } as const;
  const { event } = await changeDial(app, key, { command: close, known: dial });
  if (event) await giveBack(app, key, order);
}

async function hangUp(
  app: CampaignsApp,
  leg: {
    readonly tenant: string;
    readonly carrierAccount: string;
    readonly carrierCallId: string;
  },
  correlationId: string,
): Promise<boolean> {
  try {
    const line = await openLine(app, { ...leg, correlationId });
    return await hangUpLeg(app, line, leg.carrierCallId);
  } catch (error) {
    // Without the account there is nobody to hang up with; its own time limit ends the leg.
    if (isAppError(error) && error.code === 'request.not-found') return true;
    throw error;
  }
}
