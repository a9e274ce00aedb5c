import {
  agentsRuntimeRequests,
  type Admission,
  type DialFact,
  type dialRoutes,
  type Envelope,
} from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { actingFor, createAggregate, newId, stateOf } from '@trunkline/platform';
import type { z } from 'zod';
import { dialDecider, type DialOrder } from '../domain/dial.js';
import type { DialStatus } from '../domain/dial-status.js';
import { dialRef, type By } from './by.js';
import type { CampaignsApp } from './campaigns-app.js';
import { openLine } from './open-line.js';
import type { OpenLine } from './ports.js';
import { reserve } from './reserve.js';

type Body = z.output<typeof dialRoutes.createCall.body & z.ZodType>;
type Answer = z.input<typeof dialRoutes.createCall.answer>;

/** Until nobody would dial any more: see `usualPatience.placeMs`. */
const HOLD_BESIDE_RINGING_MS = 60_000;

/**
 * One request, one dial: its id follows from the request's key, so that a repetition meets its
 * own event. Nothing is written before a voice pod keeps a place.
 */
export async function createCall(app: CampaignsApp, by: By, body: Body): Promise<Answer> {
  const earlier = await madeEarlier(app, by);
  if (earlier) return earlier;
  const callId = by.createdId ?? newId();
  const of = { tenant: by.tenant, correlationId: by.origin.correlationId };
  const route = await outboundRoute(app, of, body);
  const { carrierAccount } = route;
  const line = await openLine(app, { ...of, carrierAccount });
  const version = body.version ?? route.version;
  const admission = await reserve(app, of, planOf(callId, { body, line, version }));
  const fact: DialFact = { type: 'dial.requested', data: orderOf(body, line, admission) };
  const ref = dialRef(by.tenant, callId);
  const { event } = await createAggregate(app.store, { ...by.origin, ref, fact, id: 'minted' });
  app.afterAppend(event);
  await app.show(event);
  return answerOf(event, 'requested');
}

async function madeEarlier(app: CampaignsApp, by: By): Promise<Answer | undefined> {
  if (by.createdId === undefined) return undefined;
  const history = await app.store.load(dialRef(by.tenant, by.createdId));
  const [first] = history.events;
  if (!first) return undefined;
  if (first.causationId !== by.origin.causationId) throw new AppError('idempotency.mismatch');
  return answerOf(first, stateOf(dialDecider, history).status);
}

async function outboundRoute(
  app: CampaignsApp,
  of: { readonly tenant: string; readonly correlationId: string },
  body: Body,
) {
  const carrierAccount = body.carrierAccount ?? null;
  const asked = { carrierAccount, number: body.from, direction: 'outbound' } as const;
  try {
    const context = actingFor('campaigns', of);
    const route = await app.requests.ask(agentsRuntimeRequests.resolveRoute, asked, context);
    if (route.agent === body.agent) return route;
  } catch (error) {
    if (!isAppError(error) || error.code !== 'request.not-found') throw error;
  }
  throw new AppError('call.no-number');
}

function planOf(
  callId: string,
  of: { readonly body: Body; readonly line: OpenLine; readonly version: number | null },
) {
  const { body, line, version } = of;
  const { agent, mode = null, from, to, variables, ringSeconds } = body;
  const { carrier, carrierAccount } = line;
  const holdMs = ringSeconds * 1000 + HOLD_BESIDE_RINGING_MS;
  const nobody = { campaign: null, contact: null, conversation: null, user: null };
  const kind = { callId, kind: 'phone', direction: 'outbound' } as const;
  const call = { agent, version, mode, carrier, carrierAccount, from, to, variables, holdMs };
  return { ...kind, ...call, ...nobody };
}

function orderOf(body: Body, line: OpenLine, admission: Admission): DialOrder {
  const { agent, from, to, variables, ringSeconds, machineDetection } = body;
  const { carrier, carrierAccount } = line;
  const { version, mode, timeLimitSeconds, pod } = admission;
  const call = { agent, version, mode, carrierAccount, carrier, from, to, variables };
  const limits = { ringSeconds, timeLimitSeconds, machineDetection };
  return { ...call, ...limits, campaign: null, contact: null, pod };
}

const shown: Readonly<Record<DialStatus, Answer['status']>> = {
  none: 'requested',
  requested: 'requested',
  attempting: 'dialling',
  unknown: 'unknown',
  accepted: 'dialling',
  ringing: 'ringing',
  answered: 'answered',
  agreed: 'answered',
  joined: 'answered',
  over: 'ended',
};

function answerOf(event: Envelope, status: DialStatus): Answer {
  return { id: event.id, status: shown[status], createdAt: event.occurredAt };
}
