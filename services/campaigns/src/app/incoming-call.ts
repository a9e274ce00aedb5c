import { agentsRuntimeRequests, type Admission } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { actingFor, derivedId } from '@trunkline/platform';
import { readNumber, type CallNews } from '@trunkline/telephony';
import type { z } from 'zod';
import type { CampaignsApp } from './campaigns-app.js';
import { hangUpLeg } from './hang-up.js';
import { openLine } from './open-line.js';
import type { Notice, OpenLine } from './ports.js';
import { reserve } from './reserve.js';
import { openStream } from './start-stream.js';
import { turnAway } from './turn-away.js';

type Ringing = Extract<CallNews, { kind: 'initiated' | 'ringing' }>;

/** Long enough for the carrier to open its socket. */
const HOLD_MS = 30_000;

/**
 * An incoming call of a carrier that asks for no document: it rings until it is told to be
 * answered. The other carriers get theirs from the gateway, and need nothing from here.
 */
export async function hearIncoming(
  app: CampaignsApp,
  notice: Notice,
  news: CallNews,
): Promise<void> {
  if (notice.carrier !== 'telnyx') return;
  if (news.kind === 'spoken') return hangUpSpokenTo(app, notice, news.carrierCallId);
  if (news.kind !== 'ringing' || news.direction !== 'inbound') return;
  const { tenant, carrierAccount } = notice;
  const { carrierCallId } = news;
  const callId = derivedId([tenant, carrierAccount, carrierCallId]);
  const line = await openLine(app, { tenant, carrierAccount, correlationId: callId });
  const number = readNumber(news.to);
  const route = await routeOf(app, { tenant, carrierAccount, callId, number });
  const admission = route && (await roomFor(app, { notice, news, callId, line, route }));
  if (!admission) {
    const whenNoRoom = route?.whenNoRoom ?? null;
    return turnAway(app, line, { callId, carrierCallId, number, whenNoRoom });
  }
  const command = { carrierCallId, commandId: `answer-${callId}` };
  const { kind } = await app.lines.answer(line, command);
  if (kind !== 'gone') await openStream(app, line, { callId, carrierCallId, admission });
}

/** Only who is turned away is spoken to by the carrier, and has heard it now. */
async function hangUpSpokenTo(
  app: CampaignsApp,
  { tenant, carrierAccount }: Notice,
  carrierCallId: string,
): Promise<void> {
  const line = await openLine(app, { tenant, carrierAccount, correlationId: carrierCallId });
  await hangUpLeg(app, line, carrierCallId);
}

/** The gateway has answered it; the carrier is told how long it may last at most. */
export async function limitIncoming(
  app: CampaignsApp,
  notice: Notice,
  news: CallNews,
): Promise<void> {
  const { tenant, carrierAccount, callId, timeLimitSeconds } = notice;
  if (timeLimitSeconds === undefined || !('carrierCallId' in news)) return;
  const correlationId = callId ?? news.carrierCallId;
  const line = await openLine(app, { tenant, carrierAccount, correlationId });
  const { kind } = await app.lines.limit(line, news.carrierCallId, timeLimitSeconds);
  if (kind === 'unknown') throw new AppError('service.unavailable', { retryable: true });
}

const noWay = new Set(['request.not-found', 'agent.archived', 'voice.no-room']);

type Route = z.output<typeof agentsRuntimeRequests.resolveRoute.output>;

/** Nobody's number: it is turned away as if it were busy. */
async function routeOf(
  app: CampaignsApp,
  of: {
    readonly tenant: string;
    readonly carrierAccount: string;
    readonly callId: string;
    readonly number: string | null;
  },
): Promise<(Route & { readonly number: string }) | undefined> {
  const { tenant, carrierAccount, callId, number } = of;
  if (number === null) return undefined;
  const asked = { carrierAccount, number, direction: 'inbound' } as const;
  const context = actingFor('campaigns', { tenant, correlationId: callId });
  const { resolveRoute } = agentsRuntimeRequests;
  const ask = () => app.requests.ask(resolveRoute, asked, context);
  const route = await orNotTaken(app, callId, ask);
  return route && { ...route, number };
}

async function roomFor(
  app: CampaignsApp,
  of: {
    readonly notice: Notice;
    readonly news: Ringing;
    readonly callId: string;
    readonly line: OpenLine;
    readonly route: Route & { readonly number: string };
  },
): Promise<Admission | undefined> {
  const { notice, news, callId, line, route } = of;
  const { tenant, carrierAccount } = notice;
  const { agent, version, number } = route;
  const call = { callId, agent, version, from: readNumber(news.from), to: number, carrierAccount };
  return orNotTaken(app, callId, () =>
    reserve(
      app,
      { tenant, correlationId: callId },
      {
        ...{ kind: 'phone', direction: 'inbound', mode: null, holdMs: HOLD_MS, variables: {} },
        ...{ campaign: null, contact: null, conversation: null, user: null },
        ...call,
        carrier: line.carrier,
      },
    ),
  );
}

async function orNotTaken<T>(
  app: CampaignsApp,
  callId: string,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!isAppError(error) || !noWay.has(error.code)) throw error;
    app.logger.info('call.not-taken', { callId, code: error.code });
    return undefined;
  }
}
