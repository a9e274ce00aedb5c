import { sessionRequests as ask, voiceRequests } from '@trunkline/contracts';
import { answer, type EventStore, type RequestHandler } from '@trunkline/platform';
import type { CallDoor } from '../app/door/call-door.js';
import { findRoom } from '../app/door/find-room.js';
import { hangUp, type HangUpParts } from '../app/door/hang-up.js';
import { openSession } from '../app/door/sessions.js';

export interface DoorHandlersParts extends HangUpParts {
  readonly door: CallDoor;
  readonly store: EventStore;
  readonly clock: { nowMs(): number };
}

/** Nothing but the way from the wire to the use case. */
export function doorHandlers(parts: DoorHandlersParts): RequestHandler[] {
  return [
    answer(voiceRequests.reserve, (plan, context) => findRoom(parts, plan, context)),
    answer(ask.openVoiceSession, async ({ body }, context) => {
      const { agent, conversation = null, kind, mode = null, variables, version = null } = body;
      const order = { agent, conversation, kind, mode, variables, version };
      const { admission, callId } = await openSession(parts, order, context);
      return {
        id: callId,
        token: admission.streamToken,
        url: admission.url,
        subprotocol: 'trunkline.v1' as const,
        baseUrl: admission.baseUrl ?? null,
        expiresAt: admission.expiresAt,
      };
    }),
    answer(ask.openRuntimeSession, async ({ body }, context) => {
      const { agent_id: agent, conversation_id: conversation = null, test_mode: isTest } = body;
      const kind = isTest ? ('test' as const) : ('browser' as const);
      const order = { agent, conversation, kind, mode: null, variables: {}, version: null };
      const { admission, callId } = await openSession(parts, order, context);
      const leftMs = Date.parse(admission.expiresAt) - parts.clock.nowMs();
      return {
        session_id: callId,
        token: admission.streamToken,
        ws_url: admission.url,
        base_url: admission.baseUrl ?? null,
        expires_in: Math.round(leftMs / 1000),
      };
    }),
    answer(ask.hangUpCall, ({ params }, context) => hangUp(parts, params.callId, context)),
  ];
}
