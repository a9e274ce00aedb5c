import type { CallSources } from '../domain/call-state.js';
import {
  earlier,
  type CallLogDocument,
  type DialEvent,
  type SessionEvent,
} from './call-log-document.js';

type Dial = CallSources['dial'];

const dialAfter: Readonly<Partial<Record<DialEvent['type'], Dial>>> = {
  'dial.attempting': 'dialling',
  'dial.accepted': 'dialling',
  'dial.unknown': 'unknown',
  'dial.ringing': 'ringing',
  'dial.answered': 'answered',
};

/** What the call itself told of its parties stands, whichever came first. */
export function projectDial(doc: CallLogDocument, event: DialEvent): Partial<CallLogDocument> {
  switch (event.type) {
    case 'dial.requested':
      return {
        ...(doc.startedAt === null ? partiesOf(event.data) : {}),
        createdAt: earlier(doc.createdAt, event.occurredAt),
        sources: { ...doc.sources, dial: 'requested' },
      };
    case 'dial.rejected':
      return { sources: { ...doc.sources, dial: 'over' } };
    case 'dial.closed': {
      const { outcome, reason } = event.data;
      const isReached = outcome === 'connected';
      const sources = { ...doc.sources, dial: 'over', isReached } as const;
      // A dial that became a call ends when the call does.
      if (doc.startedAt !== null || isReached) return { sources };
      return { sources, endReason: doc.endReason ?? reason };
    }
    case 'dial.erased':
      return { from: null, to: null };
    default: {
      const dial = dialAfter[event.type];
      return dial === undefined ? {} : { sources: { ...doc.sources, dial } };
    }
  }
}

function partiesOf(
  data: Extract<DialEvent, { type: 'dial.requested' }>['data'],
): Partial<CallLogDocument> {
  const { agent, version, mode, carrier, carrierAccount, from, to, campaign } = data;
  return {
    ...{ kind: 'phone', direction: 'outbound', agent, version, mode },
    ...{ carrier, carrierAccount, from, to, campaign },
  };
}

export function projectSession(
  doc: CallLogDocument,
  event: SessionEvent,
): Partial<CallLogDocument> {
  const { kind, agent, version, mode, conversation } = event.data;
  return {
    ...(doc.startedAt === null ? { kind, agent, version, mode, conversation } : {}),
    createdAt: earlier(doc.createdAt, event.occurredAt),
    sources: { ...doc.sources, session: true },
  };
}
