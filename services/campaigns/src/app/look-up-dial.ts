import { isAppError } from '@trunkline/kernel';
import type { FindOutcome } from '@trunkline/telephony';
import type { DialOrder } from '../domain/dial.js';
import type { CampaignsApp } from './campaigns-app.js';
import { changeDial, loadDial, type LoadedDial } from './dials.js';
import { openLine } from './open-line.js';
import type { DialKey } from './ports.js';

/** Clocks differ, and a carrier may take a while to write its call down. */
const AROUND_MS = 60_000;
/** So many dials between two numbers in two minutes and nobody could tell them apart. */
const MAX_OTHERS = 20;

/**
 * Asks the carrier for the leg of a dial whose POST nobody answered. Only a leg that is ours
 * beyond doubt is taken; everything else stays unknown. True: it was found.
 */
export async function lookUpDial(
  app: CampaignsApp,
  key: DialKey,
  dial: LoadedDial,
): Promise<boolean> {
  const { order } = dial.state;
  const attemptedMs = attemptedAt(dial);
  if (!order || attemptedMs === undefined) return false;
  const found = await find(app, { key, dial, order, attemptedMs });
  app.logger.info('dial.looked-up', { callId: key.callId, outcome: found.kind });
  if (found.kind !== 'found') return false;
  if (found.by === 'numbers' && (await hasRival(app, { key, order, attemptedMs }))) {
    app.logger.info('dial.not-told-apart', { callId: key.callId });
    return false;
  }
  const settlement = { kind: 'accepted', carrierCallId: found.carrierCallId } as const;
  await changeDial(app, key, { command: { do: 'settle', settlement }, known: dial });
  return true;
}

function attemptedAt({ history }: LoadedDial): number | undefined {
  const event = history.events.find(({ type }) => type === 'dial.attempting');
  return event && Date.parse(event.occurredAt);
}

interface Missing {
  readonly key: DialKey;
  readonly order: DialOrder;
  readonly attemptedMs: number;
}

async function find(
  app: CampaignsApp,
  { key, dial, order, attemptedMs }: Missing & { readonly dial: LoadedDial },
): Promise<FindOutcome> {
  const { from, to, carrierAccount } = order;
  const { correlationId } = dial;
  const notBeforeMs = attemptedMs - AROUND_MS;
  const notAfterMs = attemptedMs + AROUND_MS;
  try {
    const line = await openLine(app, { ...key, carrierAccount, correlationId });
    return await app.lines.find(line, { from, to, commandId: key.callId, notBeforeMs, notAfterMs });
  } catch (error) {
    // The account is gone, and with it whoever could tell.
    if (isAppError(error) && error.code === 'request.not-found') return { kind: 'unclear' };
    throw error;
  }
}

/** Another dial between the same numbers about then: the leg could be that one's. */
async function hasRival(app: CampaignsApp, { key, order, attemptedMs }: Missing): Promise<boolean> {
  const { from, to } = order;
  const { tenant } = key;
  // It may have been requested as long before its attempt as a place is kept.
  const sinceMs = attemptedMs - AROUND_MS - app.patience.placeMs;
  const untilMs = attemptedMs + AROUND_MS;
  const ids = await app.dialBook.mayBeBetween({ tenant, from, to, sinceMs, untilMs });
  const others = ids.filter((id) => id !== key.callId);
  if (others.length > MAX_OTHERS) return true;
  const loaded = await Promise.all(others.map((callId) => loadDial(app, { tenant, callId })));
  return loaded.some(({ state }) => state.order?.from === from && state.order.to === to);
}
