import type { SecondLegStep } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { RequestContext } from '@trunkline/platform';
import type { DialOrder } from '../domain/dial.js';
import { byOf } from './by.js';
import type { CampaignsApp } from './campaigns-app.js';
import { changeDial, loadDial } from './dials.js';
import { hangUpLeg } from './hang-up.js';
import { openLine } from './open-line.js';
import type { DialKey } from './ports.js';
import { webhookUrl } from './webhook-url.js';

/** Which key takes a call; a mailbox presses none. */
const TAKING_KEY = '1';

interface Leg {
  readonly order: DialOrder;
  readonly carrierCallId: string;
}

/** The colleague has answered: hears who waits, or gets the caller at once. */
export async function briefColleague(
  app: CampaignsApp,
  key: DialKey,
  leg: Leg,
): Promise<SecondLegStep> {
  const { transfer } = leg.order;
  if (!transfer) return { do: 'leave' };
  if (transfer.kind === 'cold') return take(app, key, leg);
  return { do: 'hear', text: transfer.briefing, language: transfer.language };
}

/** One of the two legs asks its document; carriers without documents tell by webhook. */
export async function guideLeg(
  app: CampaignsApp,
  context: RequestContext,
  asked: {
    readonly callId: string;
    readonly carrierCallId: string;
    readonly has: 'keyed' | 'moved';
    readonly digits: string;
  },
): Promise<SecondLegStep> {
  const { callId, carrierCallId, has, digits } = asked;
  const key = { tenant: byOf(context).tenant, callId };
  const { order } = (await loadDial(app, key)).state;
  if (!order?.transfer) throw new AppError('request.not-found');
  if (has === 'keyed') return pressed(app, key, { order, carrierCallId, digits });
  // Only who waits is let in.
  if (carrierCallId !== order.transfer.carrierCallId) return { do: 'leave' };
  return join(app, key, order);
}

export async function pressed(
  app: CampaignsApp,
  key: DialKey,
  { digits, ...leg }: Leg & { readonly digits: string },
): Promise<SecondLegStep> {
  return digits === TAKING_KEY ? take(app, key, leg) : { do: 'leave' };
}

/** The carrier tells that the caller is there. */
export async function join(
  app: CampaignsApp,
  key: DialKey,
  order: DialOrder,
): Promise<SecondLegStep> {
  const { state } = await changeDial(app, key, { command: { do: 'join' } });
  return state.status === 'joined' ? meeting(key, order) : { do: 'leave' };
}

/** Whoever appends that it was taken moves the caller, once; told again it is only agreed to. */
async function take(app: CampaignsApp, key: DialKey, leg: Leg): Promise<SecondLegStep> {
  const command = { do: 'agree', carrierCallId: leg.carrierCallId } as const;
  const { state, event } = await changeDial(app, key, { command });
  if (event && !(await moveCaller(app, key, leg))) return { do: 'leave' };
  const isTaken = state.status === 'agreed' || state.status === 'joined';
  return isTaken ? meeting(key, leg.order) : { do: 'leave' };
}

/** False: there is nobody to move, and the colleague's leg is hung up. */
async function moveCaller(app: CampaignsApp, key: DialKey, leg: Leg): Promise<boolean> {
  const { order, carrierCallId } = leg;
  const { carrierAccount, transfer } = order;
  if (!transfer) return false;
  const line = await openLine(app, {
    ...{ tenant: key.tenant, carrierAccount, correlationId: key.callId },
  });
  const { kind } = await app.lines.move(line, {
    carrierCallId: transfer.carrierCallId,
    otherCarrierCallId: carrierCallId,
    commandId: `move-${key.callId}`,
    documentUrl: `${webhookUrl(app, order, key.callId)}/moved`,
  });
  app.logger.info('transfer.moving', { callId: transfer.call, outcome: kind });
  // Whether it has arrived the carrier will tell.
  if (kind === 'done' || kind === 'unknown') return true;
  await abandon(app, key, kind);
  await hangUpLeg(app, line, carrierCallId);
  return false;
}

async function abandon(app: CampaignsApp, key: DialKey, kind: 'gone' | 'rejected'): Promise<void> {
  const isGone = kind === 'gone';
  const reason = isGone ? 'manual_stopped' : 'telephony_provider_unavailable';
  const outcome = isGone ? 'cancelled' : 'failed';
  const detail = isGone ? 'the caller had left' : 'the carrier did not move the caller';
  await changeDial(app, key, { command: { do: 'close', outcome, reason, detail } });
}

function meeting({ callId: room }: DialKey, { timeLimitSeconds }: DialOrder): SecondLegStep {
  return { do: 'meet', room, timeLimitSeconds };
}
