import type { Admission, CallPlan, ConversationMode, VoiceSessionFact } from '@trunkline/contracts';
import { createAggregate, newId, type EventStore, type RequestContext } from '@trunkline/platform';
import { findRoom, type FindRoomParts } from './find-room.js';

export interface SessionOrder {
  readonly kind: 'browser' | 'practice' | 'test';
  readonly agent: string;
  readonly version: number | null;
  readonly mode: ConversationMode | null;
  readonly conversation: string | null;
  readonly variables: CallPlan['variables'];
}

export interface OpenedSession {
  readonly callId: string;
  readonly admission: Admission;
}

/** As long as its token is good, and no longer. */
const SESSION_HOLD_MS = 300_000;

/** Rows O1–O4: a browser gets a place, a token for it and a line in the log. */
export async function openSession(
  parts: FindRoomParts & { readonly store: EventStore },
  order: SessionOrder,
  context: RequestContext,
): Promise<OpenedSession> {
  const { principal } = context;
  const callId = context.idempotency?.id ?? newId();
  const admission = await findRoom(parts, planOf(order, callId, principal.id), context);
  const fact: VoiceSessionFact = {
    type: 'voice-session.opened',
    data: {
      ...{ kind: order.kind, user: principal.id, agent: order.agent },
      ...{ version: admission.version, mode: admission.mode, conversation: order.conversation },
      ...{ variables: order.variables, expiresAt: admission.expiresAt, pod: admission.pod },
    },
  };
  await createAggregate(parts.store, {
    ref: { tenant: principal.tenant, aggregate: 'voice-session', id: callId },
    fact,
    id: context.idempotency === undefined ? 'minted' : 'derived',
    actor: { kind: principal.kind, id: principal.id },
    causationId: context.idempotency?.fingerprint ?? context.correlationId,
    correlationId: context.correlationId,
    signal: context.signal,
  });
  return { callId, admission };
}

function planOf(order: SessionOrder, callId: string, user: string): CallPlan {
  return {
    ...order,
    ...{ callId, user, direction: 'inbound', holdMs: SESSION_HOLD_MS },
    ...{ carrier: null, carrierAccount: null, from: null, to: null },
    ...{ campaign: null, contact: null },
  };
}
