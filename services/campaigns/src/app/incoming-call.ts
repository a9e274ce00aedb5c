import { agentsRuntimeRequests } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { actingFor, derivedId } from '@trunkline/platform';
import { readNumber, type CallNews } from '@trunkline/telephony';
import type { CampaignsApp } from './campaigns-app.js';
import { openLine } from './open-line.js';
import type { Notice, OpenLine } from './ports.js';
import { reserve } from './reserve.js';
import { openStream } from './start-stream.js';

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
  if (notice.carrier !== 'telnyx' || news.kind !== 'ringing') return;
  if (news.direction !== 'inbound') return;
  const { tenant, carrierAccount } = notice;
  const { carrierCallId } = news;
  const callId = derivedId([tenant, carrierAccount, carrierCallId]);
  const line = await openLine(app, { tenant, carrierAccount, correlationId: callId });
  const command = { carrierCallId, commandId: `answer-${callId}` };
  const admission = await roomFor(app, { notice, news, callId, line });
  if (!admission) {
    await app.lines.reject(line, { ...command, commandId: `reject-${callId}` });
    return;
  }
  const { kind } = await app.lines.answer(line, command);
  if (kind !== 'gone') await openStream(app, line, { callId, carrierCallId, admission });
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

async function roomFor(
  app: CampaignsApp,
  of: {
    readonly notice: Notice;
    readonly news: Ringing;
    readonly callId: string;
    readonly line: OpenLine;
  },
) {
  const { notice, news, callId, line } = of;
  const { tenant, carrierAccount } = notice;
  const asker = { tenant, correlationId: callId };
  const number = readNumber(news.to);
  if (number === null) return undefined;
  try {
    const { agent, version } = await app.requests.ask(
      agentsRuntimeRequests.resolveRoute,
      { carrierAccount, number, direction: 'inbound' },
      actingFor('campaigns', asker),
    );
    const from = readNumber(news.from);
    const call = { callId, agent, version, from, to: number, carrierAccount };
    return await reserve(app, asker, {
      ...{ kind: 'phone', direction: 'inbound', mode: null, holdMs: HOLD_MS, variables: {} },
      ...{ campaign: null, contact: null, conversation: null, user: null },
      ...call,
      carrier: line.carrier,
    });
  } catch (error) {
    if (!isAppError(error) || !noWay.has(error.code)) throw error;
    app.logger.info('call.not-taken', { callId, code: error.code });
    return undefined;
  }
}
