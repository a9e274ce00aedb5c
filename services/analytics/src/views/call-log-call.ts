import type {
  CallEvent,
  CallLogDocument,
  RecordingState,
  TranscriptLine,
} from './call-log-document.js';

type Of<Type extends CallEvent['type']> = Extract<CallEvent, { readonly type: Type }>;
type Change<Event> = (doc: CallLogDocument, event: Event) => Partial<CallLogDocument>;

export function projectCall(doc: CallLogDocument, event: CallEvent): Partial<CallLogDocument> {
  const change = changes[event.type] as Change<CallEvent>;
  return change(doc, event);
}

const unchanged = (): Partial<CallLogDocument> => ({});

/** A fact without a line here does not compile. */
const changes: { readonly [Type in CallEvent['type']]: Change<Of<Type>> } = {
  'call.started': (doc, { data, occurredAt }) => {
    const { kind, direction, agent, version, mode, carrier, carrierAccount } = data;
    const { from, to, campaign, conversation } = data;
    const createdAt = doc.createdAt < occurredAt ? doc.createdAt : occurredAt;
    return {
      ...{ kind, direction, agent, version, mode, carrier, carrierAccount, from, to },
      ...{ campaign, conversation, startedAt: occurredAt, createdAt, ...live(doc) },
      // What the dial said of an end was no end: there is a call.
      endReason: null,
    };
  },
  'call.joined': (doc) => live(doc),
  'call.reconnecting': (doc) =>
    isOver(doc) ? {} : { sources: { ...doc.sources, call: 'reconnecting' } },
  'call.rejoined': (doc) => live(doc),
  'call.consent': (_doc, { data }) => ({ consent: data.given }),
  'call.machine-detected': (_doc, { data }) => ({ machine: data.verdict }),
  'call.turn-user': (doc, { data }) => ({ lines: [...doc.lines, lineOf('caller', data)] }),
  'call.turn-agent': (doc, { data }) => {
    const { turn, latency, interrupted, heardText: text, kind } = data;
    const line = lineOf('agent', { ...data, text });
    const figures = { turn, ...latency, interrupted };
    return {
      lines: text === '' ? doc.lines : [...doc.lines, line],
      turns: kind === 'reply' ? [...doc.turns, figures] : doc.turns,
    };
  },
  'call.tool-called': (doc) => ({ toolCount: doc.toolCount + 1 }),
  'call.tool-returned': unchanged,
  'call.retrieval': unchanged,
  'call.transferred': (doc, { data }) => ({
    escalated: doc.escalated || data.outcome !== 'refused',
  }),
  'call.language-switched': unchanged,
  'call.disposition': (_doc, { data }) => ({ disposition: data.disposition }),
  'call.error': (doc) => ({ errorCount: doc.errorCount + 1 }),
  'call.ended': (doc, { data, occurredAt }) => {
    // The first end stands; a late one changes nothing.
    if (isOver(doc)) return {};
    return {
      sources: { ...doc.sources, call: 'ended' },
      endedAt: occurredAt,
      endReason: data.reason,
      endSide: data.side,
      durationMs: data.durationMs,
      costMicros: data.cost.micros,
      recording: doc.recording ?? { ...noRecording, status: data.recording },
    };
  },
  'call.recording-stored': (_doc, { data }) => ({
    recording: {
      status: data.truncated ? 'truncated' : 'stored',
      mono: data.mono.key,
      stereo: data.stereo?.key ?? null,
      peaks: data.peaks?.key ?? null,
      durationMs: data.durationMs,
      sizeBytes: data.mono.sizeBytes,
      sha256: data.mono.sha256,
    },
  }),
  'call.erased': () => ({ lines: [], recording: null, from: null, to: null }),
};

const noRecording: RecordingState = {
  status: 'none',
  ...{ mono: null, stereo: null, peaks: null, durationMs: null, sizeBytes: null, sha256: null },
};

function isOver(doc: CallLogDocument): boolean {
  return doc.sources.call === 'ended';
}

function live(doc: CallLogDocument): Partial<CallLogDocument> {
  return isOver(doc) ? {} : { sources: { ...doc.sources, call: 'live' } };
}

function lineOf(
  who: TranscriptLine['who'],
  { text, startedMs, endedMs, interrupted }: Omit<TranscriptLine, 'who'>,
): TranscriptLine {
  return { who, text, startedMs, endedMs, interrupted };
}
