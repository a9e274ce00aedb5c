import type {
  ConversationMode,
  EndReason,
  EndSide,
  EventOf,
  analysisAggregate,
  callAggregate,
  callKinds,
  dialAggregate,
  voiceSessionAggregate,
} from '@trunkline/contracts';
import type { ProjectedDocument } from '@trunkline/platform';
import type { CallSources, CallState } from '../domain/call-state.js';

export interface TranscriptLine {
  readonly who: 'caller' | 'agent' | 'tool';
  readonly text: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly interrupted: boolean;
}

export interface TurnFigures {
  readonly turn: number;
  readonly finalMs: number | null;
  readonly firstTokenMs: number | null;
  readonly firstByteMs: number | null;
  readonly firstFrameMs: number | null;
  readonly interrupted: boolean;
}

export interface RecordingState {
  readonly status: 'none' | 'pending' | 'stored' | 'truncated' | 'failed';
  readonly mono: string | null;
  readonly stereo: string | null;
  readonly peaks: string | null;
  readonly durationMs: number | null;
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
}

/** Rows E9, S18, S19: one call, from the wish to call to what was said. */
export interface CallLogDocument extends ProjectedDocument {
  readonly status: CallState;
  readonly sources: CallSources;
  readonly kind: (typeof callKinds)[number];
  readonly direction: 'inbound' | 'outbound';
  readonly agent: string;
  readonly version: number | null;
  readonly mode: ConversationMode | null;
  readonly carrier: string | null;
  readonly carrierAccount: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly campaign: string | null;
  readonly conversation: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly endReason: EndReason | null;
  readonly endSide: EndSide | null;
  readonly escalated: boolean;
  readonly consent: boolean | null;
  readonly machine: string | null;
  readonly disposition: string | null;
  readonly costMicros: number;
  readonly errorCount: number;
  readonly toolCount: number;
  readonly lines: readonly TranscriptLine[];
  readonly turns: readonly TurnFigures[];
  readonly recording: RecordingState | null;
  readonly analysis: 'none' | 'awaiting-analysis';
}

export type CallEvent = EventOf<typeof callAggregate>;
export type DialEvent = EventOf<typeof dialAggregate>;
export type SessionEvent = EventOf<typeof voiceSessionAggregate>;
export type AnalysisEvent = EventOf<typeof analysisAggregate>;
export type SourceEvent = CallEvent | DialEvent | SessionEvent | AnalysisEvent;

/** The first thing that is known of it, whichever source told it last. */
export function earlier(one: string, other: string): string {
  return one < other ? one : other;
}
