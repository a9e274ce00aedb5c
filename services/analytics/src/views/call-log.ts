import { projections } from '@trunkline/contracts';
import type { Projection } from '@trunkline/platform';
import { callStateOf } from '../domain/call-state.js';
import { projectAnalysis } from './call-log-analysis.js';
import { projectCall } from './call-log-call.js';
import { projectDial, projectSession } from './call-log-dial.js';
import type {
  AnalysisEvent,
  CallEvent,
  CallLogDocument,
  DialEvent,
  SessionEvent,
  SourceEvent,
} from './call-log-document.js';

export const callLogs: Projection<CallLogDocument> = {
  definition: projections.callLogs,
  documentId: (event) => event.id,
  project: (doc, event) => project(doc, event as SourceEvent),
  indexes: [
    { keys: { tenant: 1, createdAt: -1, _id: -1 } },
    // Row E22, and never across tenants; in the order of the pages, so that nothing is sorted.
    { keys: { tenant: 1, campaign: 1, createdAt: -1, _id: -1 } },
    { keys: { tenant: 1, agent: 1, createdAt: -1, _id: -1 } },
    { keys: { tenant: 1, status: 1, createdAt: -1, _id: -1 } },
  ],
};

/** Each source changes only what it knows, so that their order among each other is no matter. */
function project(
  doc: CallLogDocument | undefined,
  event: SourceEvent,
): CallLogDocument | undefined {
  if (!doc && isOfSecondLeg(event)) return undefined;
  const before = doc ?? emptyLog(event);
  const next = { ...before, ...changesOf(before, event) };
  return { ...next, status: callStateOf(next.sources) };
}

/** Whom a caller was handed to is no call of an agent; its first event tells, and nothing else came. */
function isOfSecondLeg(event: SourceEvent): boolean {
  if (event.aggregate !== 'dial') return false;
  const dial = event as DialEvent;
  return dial.type !== 'dial.requested' || dial.data.transfer !== undefined;
}

function changesOf(doc: CallLogDocument, event: SourceEvent): Partial<CallLogDocument> {
  switch (event.aggregate) {
    case 'call':
      return projectCall(doc, event as CallEvent);
    case 'dial':
      return projectDial(doc, event as DialEvent);
    case 'voice-session':
      return projectSession(doc, event as SessionEvent);
    default:
      return projectAnalysis(event as AnalysisEvent);
  }
}

function emptyLog(event: SourceEvent): CallLogDocument {
  return {
    ...{ _id: event.id, tenant: event.tenant, status: 'opened', createdAt: event.occurredAt },
    sources: { session: false, dial: null, isReached: false, call: null },
    ...{ kind: 'phone', direction: 'inbound', agent: '', version: null, mode: null },
    ...{ carrier: null, carrierAccount: null, from: null, to: null },
    ...{ campaign: null, conversation: null, startedAt: null, endedAt: null, durationMs: null },
    ...{ endReason: null, endSide: null, escalated: false, consent: null, machine: null },
    ...{ disposition: null, costMicros: 0, errorCount: 0, toolCount: 0, lines: [], turns: [] },
    ...{ recording: null, analysis: 'none' },
  };
}
