import type { AnalysisFact, Envelope } from '@trunkline/contracts';

type Ready = Extract<AnalysisFact, { readonly type: 'analysis.transcript-ready' }>;
type Line = Ready['data']['lines'][number];

/** What was said and what tools answered, in the order of the call's own clock. */
export function transcriptOf(events: readonly Envelope[]): Line[] {
  return events.flatMap(lineOf).toSorted((one, other) => one.startedMs - other.startedMs);
}

function lineOf({ type, data }: Envelope): Line[] {
  if (type === 'call.turn-user') return [spoken('caller', data, data['text'])];
  if (type === 'call.turn-agent') {
    return data['heardText'] === '' ? [] : [spoken('agent', data, data['heardText'])];
  }
  return [];
}

function spoken(who: 'caller' | 'agent', data: Envelope['data'], text: unknown): Line {
  return {
    who,
    text: String(text),
    startedMs: Number(data['startedMs']),
    endedMs: Number(data['endedMs']),
    interrupted: data['interrupted'] === true,
  };
}
