import type { Expectations } from '../script.js';

type Json = Readonly<Record<string, unknown>>;

export interface LoggedEvent {
  readonly v: number;
  readonly type: string;
  readonly at: string;
  readonly data: Json;
}

export interface Verdict {
  readonly what: string;
  readonly held: boolean;
}

/** What was expected of a call, held against its log. */
export function verdictsOf(
  expected: Expectations,
  events: readonly LoggedEvent[],
): readonly Verdict[] {
  const said = fieldOf(events, 'call.turn-agent', 'text');
  const tools = fieldOf(events, 'call.tool-called', 'tool');
  const ended = events.find(({ type }) => type === 'call.ended')?.data ?? {};
  const hasSaid = (pattern: string): boolean =>
    said.some((sentence) => new RegExp(pattern, 'iu').test(sentence));
  return [
    ...expected.said.map((one) => ({ what: `the agent says /${one}/`, held: hasSaid(one) })),
    ...expected.notSaid.map((one) => ({
      what: `the agent does not say /${one}/`,
      held: !hasSaid(one),
    })),
    ...expected.toolsCalled.map((tool) => ({
      what: `the tool ${tool} is called`,
      held: tools.includes(tool),
    })),
    ...(expected.endedBy === undefined
      ? []
      : [
          {
            what: `the call is ended by ${expected.endedBy}`,
            held: [ended['side'], ended['reason']].includes(expected.endedBy),
          },
        ]),
  ];
}

function fieldOf(events: readonly LoggedEvent[], type: string, field: string): readonly string[] {
  return events
    .filter((event) => event.type === type)
    .map(({ data }) => data[field])
    .filter((value) => typeof value === 'string');
}
