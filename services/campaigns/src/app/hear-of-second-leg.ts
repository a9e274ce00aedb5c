import type { SecondLegStep } from '@trunkline/contracts';
import type { CallNews } from '@trunkline/telephony';
import { mayHaveLeg, type DialOrder } from '../domain/dial.js';
import type { CampaignsApp } from './campaigns-app.js';
import { loadDial } from './dials.js';
import { hangUpLeg } from './hang-up.js';
import { openLine } from './open-line.js';
import type { DialKey } from './ports.js';
import { briefColleague, join, pressed } from './second-leg.js';

interface Leg {
  readonly order: DialOrder;
  readonly carrierCallId: string;
}

const beginnings = new Set<CallNews['kind']>(['initiated', 'ringing', 'answered']);

/** Telnyx: what other carriers ask for by document comes by webhook and goes by command. */
export async function hearOfSecondLeg(
  app: CampaignsApp,
  key: DialKey,
  news: CallNews,
): Promise<void> {
  const { state } = await loadDial(app, key);
  const { order } = state;
  if (!order || !('carrierCallId' in news)) return;
  const leg = { order, carrierCallId: news.carrierCallId };
  if (news.kind === 'keys')
    await obey(app, key, { leg, step: await pressed(app, key, { ...leg, ...news }) });
  if (news.kind === 'bridged') await join(app, key, order);
  // It was withdrawn before anybody knew its name: it shall not ring on.
  if (beginnings.has(news.kind) && !mayHaveLeg(state)) await hangUp(app, key, leg);
}

export async function tellColleague(app: CampaignsApp, key: DialKey, leg: Leg): Promise<void> {
  await obey(app, key, { leg, step: await briefColleague(app, key, leg) });
}

async function obey(
  app: CampaignsApp,
  key: DialKey,
  { leg, step }: { readonly leg: Leg; readonly step: SecondLegStep },
): Promise<void> {
  if (step.do === 'leave') return hangUp(app, key, leg);
  if (step.do !== 'hear') return;
  const line = await lineOf(app, key, leg);
  const command = { carrierCallId: leg.carrierCallId, commandId: `hear-${key.callId}` };
  const { kind } = await app.lines.hear(line, command, step);
  // A colleague who hears nothing presses nothing.
  if (kind === 'rejected') await hangUp(app, key, leg);
}

async function hangUp(app: CampaignsApp, key: DialKey, leg: Leg): Promise<void> {
  await hangUpLeg(app, await lineOf(app, key, leg), leg.carrierCallId);
}

function lineOf(app: CampaignsApp, { tenant, callId }: DialKey, { order }: Leg) {
  const { carrierAccount } = order;
  return openLine(app, { tenant, carrierAccount, correlationId: callId });
}
