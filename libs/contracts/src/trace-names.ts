import type { callAggregate } from './events/call.js';

/** Rows V11, O21: our facts under the names that other systems and their tools know. */
interface TraceNames {
  /** Events of Virsyn's webhooks. */
  readonly virsyn: string | null;
  /** Events of Omniflow's traces. */
  readonly omniflow: string | null;
}

const names = (virsyn: string | null, omniflow: string | null): TraceNames => ({
  virsyn,
  omniflow,
});

export const traceNames: Readonly<Record<keyof (typeof callAggregate)['events'], TraceNames>> = {
  'call.started': names('call.started', 'session.start'),
  'call.joined': names('call.joined', null),
  'call.reconnecting': names(null, 'disconnect'),
  'call.rejoined': names(null, null),
  'call.consent': names(null, null),
  'call.machine-detected': names(null, null),
  'call.turn-user': names(null, 'turn:user'),
  'call.turn-agent': names(null, 'turn:agent'),
  'call.tool-called': names(null, 'tool:call'),
  'call.tool-returned': names(null, 'tool:result'),
  'call.retrieval': names(null, 'retrieval'),
  'call.transferred': names(null, 'transfer'),
  'call.language-switched': names(null, null),
  'call.disposition': names(null, null),
  'call.error': names(null, 'error'),
  'call.ended': names('call.ended', 'session.end'),
  'call.recording-stored': names(null, null),
  'call.erased': names(null, null),
};

export function traceNameOf(type: string): string | null {
  if (!Object.hasOwn(traceNames, type)) return null;
  const { omniflow, virsyn } = traceNames[type as keyof typeof traceNames];
  return omniflow ?? virsyn;
}
