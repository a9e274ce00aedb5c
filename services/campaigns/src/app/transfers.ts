import type { campaignsRuntimeRequests, DialFact, TransferProgress } from '@trunkline/contracts';
import { AppError, isAppError } from '@trunkline/kernel';
import { createAggregate, type RequestContext } from '@trunkline/platform';
import type { z } from 'zod';
import { progressOf } from '../domain/second-leg.js';
import { byOf, dialRef } from './by.js';
import type { CampaignsApp } from './campaigns-app.js';
import { changeDial, loadDial } from './dials.js';
import { hangUpLeg } from './hang-up.js';
import { openLine } from './open-line.js';
import type { OpenLine } from './ports.js';

type Asked = z.output<typeof campaignsRuntimeRequests.transferLeg.input>;

/** Of a call that we did not dial nobody told us a limit. */
const USUAL_LIMIT_SECONDS = 3600;

/**
 * The second leg is a dial like any other: one POST, reconciled, never posted again. The caller
 * stays where they are until it was taken.
 */
export async function beginTransfer(
  app: CampaignsApp,
  context: RequestContext,
  asked: Asked,
): Promise<{ begun: boolean }> {
  const { tenant, origin } = byOf(context);
  const { correlationId } = origin;
  const { callId, carrierAccount, transfer } = asked;
  const line = await lineOf(app, { tenant, carrierAccount, correlationId });
  if (!line) return { begun: false };
  const { state } = await loadDial(app, { tenant, callId });
  const timeLimitSeconds = state.order?.timeLimitSeconds ?? USUAL_LIMIT_SECONDS;
  const fact: DialFact = { type: 'dial.requested', data: orderOf(asked, line, timeLimitSeconds) };
  const ref = dialRef(tenant, transfer);
  const { event } = await createAggregate(app.store, { ...origin, ref, fact, id: 'minted' });
  app.afterAppend(event);
  await app.show(event);
  return { begun: true };
}

export async function transferState(
  app: CampaignsApp,
  context: RequestContext,
  { transfer }: { readonly transfer: string },
): Promise<TransferProgress> {
  const { state } = await loadDial(app, { tenant: byOf(context).tenant, callId: transfer });
  if (!state.order?.transfer) throw new AppError('request.not-found');
  return progressOf(state);
}

/** Nobody waits any more. What was taken before stands, and the answer says so. */
export async function withdrawTransfer(
  app: CampaignsApp,
  context: RequestContext,
  { transfer }: { readonly transfer: string },
): Promise<TransferProgress> {
  const { tenant, origin } = byOf(context);
  const key = { tenant, callId: transfer };
  const { state, event } = await changeDial(app, key, { command: { do: 'withdraw' } });
  const { order, carrierCallId } = state;
  if (event && order && carrierCallId !== null) {
    const { carrierAccount } = order;
    const { correlationId } = origin;
    const line = await lineOf(app, { tenant, carrierAccount, correlationId });
    if (line) await hangUpLeg(app, line, carrierCallId);
  }
  return progressOf(state);
}

async function lineOf(
  app: CampaignsApp,
  of: { readonly tenant: string; readonly carrierAccount: string; readonly correlationId: string },
): Promise<OpenLine | undefined> {
  try {
    return await openLine(app, of);
  } catch (error) {
    // Without the account there is nobody to call with, or to hang up with.
    if (isAppError(error) && error.code === 'request.not-found') return undefined;
    throw error;
  }
}

function orderOf(
  asked: Asked,
  { carrier }: OpenLine,
  timeLimitSeconds: number,
): Extract<DialFact, { type: 'dial.requested' }>['data'] {
  const { agent, version, carrierAccount, to, callerId, pod, ringSeconds } = asked;
  const { callId: call, kind, carrierCallId, briefing, language } = asked;
  return {
    ...{ agent, version, mode: null, carrierAccount, carrier, from: callerId, to, pod },
    ...{ campaign: null, contact: null, variables: {}, ringSeconds, timeLimitSeconds },
    machineDetection: 'off',
    transfer: { call, kind, carrierCallId, briefing, language },
  };
}
