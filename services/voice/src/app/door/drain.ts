import { abortable, isAppError, sleep } from '@trunkline/kernel';
import type { Logger } from '@trunkline/platform';
import type { Reservations } from './reservations.js';

export interface DrainParts {
  readonly reservations: Reservations;
  readonly budgetMs: number;
  readonly logger: Logger;
}

/** What calls that are told to end have for their goodbye. */
const GOODBYE_MS = 60_000;
/** What is left for the rest of the process after the last call was cut off. */
const LAST_MS = 2000;

const drained = { reason: 'drained', side: 'platform' } as const;

/**
 * Lets calls finish. What is still running when a minute is left says goodbye, and what is running
 * at the end is cut off. A budget shorter than two minutes is halved instead.
 */
export async function drainCalls(parts: DrainParts, signal: AbortSignal): Promise<void> {
  const { budgetMs, logger, reservations } = parts;
  const goodbyeMs = Math.min(GOODBYE_MS, budgetMs / 2);
  const lastMs = Math.min(LAST_MS, goodbyeMs / 2);
  logger.info('door.draining', {
    running: reservations.liveCount,
    pending: reservations.heldCount,
  });
  if (await isEmptyIn(reservations, budgetMs - goodbyeMs, signal)) return;
  logger.info('door.saying-goodbye', { running: reservations.liveCount });
  for (const place of reservations.places()) {
    if (place.running !== null) place.running.endPolitely(drained);
    else if (place.state === 'held') reservations.end(place.plan.callId);
    else place.endAsked = drained;
  }
  if (await isEmptyIn(reservations, goodbyeMs - lastMs, signal)) return;
  logger.warn('door.cutting-off', { running: reservations.liveCount });
  for (const place of reservations.places()) place.running?.endNow(drained);
  await abortable(reservations.emptied(), signal);
}

async function isEmptyIn(
  reservations: Reservations,
  limitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const enough = new AbortController();
  const waiting = sleep(limitMs, AbortSignal.any([signal, enough.signal])).then(() => false);
  try {
    return await Promise.race([reservations.emptied().then(() => true), waiting]);
  } finally {
    enough.abort();
    await Promise.allSettled([waiting]);
    if (signal.aborted && isAppError(signal.reason)) signal.throwIfAborted();
  }
}
