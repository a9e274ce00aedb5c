import type { ToolDefinition } from '@trunkline/contracts';

type Internal = Extract<ToolDefinition, { kind: 'internal' }>;
export type InternalAction = Internal['action'];
export type ToolArguments = Readonly<Record<string, unknown>>;

function fields(
  properties: Readonly<Record<string, string>>,
  required: readonly string[],
): Readonly<Record<string, unknown>> {
  const described = Object.entries(properties).map(([name, description]) => [
    name,
    { type: 'string', description },
  ]);
  return {
    type: 'object',
    properties: Object.fromEntries(described) as Readonly<Record<string, unknown>>,
    required,
    additionalProperties: false,
  };
}

/** For an author who named none. */
const usualParameters: Readonly<Record<InternalAction, Readonly<Record<string, unknown>>>> = {
  'hang-up': fields({ reason: 'Why the call is over' }, []),
  transfer: fields(
    {
      name: 'Where to: one of the names you were told',
      summary:
        'For the colleague who takes the call: who is calling and why, in one or two sentences',
    },
    [],
  ),
  'send-dtmf': fields({ digits: 'Keys to press: 0-9, *, #, and w for a pause' }, ['digits']),
  'schedule-callback': fields(
    { at: 'When, as date and time with offset', note: 'What it is about' },
    ['at'],
  ),
  'mark-disposition': fields(
    { disposition: 'What came of the call, in one or two words', note: 'Why' },
    ['disposition'],
  ),
  'add-to-dnc': fields({ reason: 'What the caller said' }, []),
  'look-up-knowledge': fields({ query: 'What to look for, in the words of the documents' }, [
    'query',
  ]),
};

/** An author's own parameters win; an empty object was nobody's wish. */
export function parametersOf(definition: ToolDefinition): Readonly<Record<string, unknown>> {
  if (definition.kind === 'webhook') return definition.parameters;
  const own = definition.parameters['properties'];
  const isEmpty = typeof own !== 'object' || own === null || Object.keys(own).length === 0;
  return isEmpty ? usualParameters[definition.action] : definition.parameters;
}

/** Authors name their parameters; these are the names that were meant. */
const synonyms = {
  name: ['name', 'to', 'destination', 'target', 'department', 'transfer_to'],
  summary: ['summary', 'briefing', 'reason', 'note', 'context', 'message'],
  digits: ['digits', 'keys', 'dtmf', 'tones'],
  at: ['at', 'time', 'when', 'date', 'datetime', 'callback_time', 'scheduled_at'],
  disposition: ['disposition', 'outcome', 'status', 'result', 'name'],
  note: ['note', 'notes', 'reason', 'summary', 'comment'],
  query: ['query', 'question', 'q', 'search', 'text', 'topic'],
} as const;

/** '' where there is none. */
export function textArgument(args: ToolArguments, meant: keyof typeof synonyms): string {
  for (const name of synonyms[meant]) {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value === 'number') return String(value);
  }
  return '';
}

export interface TransferTarget {
  readonly name: string;
}

/** By name, however it is written; the only one there is needs no name. */
export function chooseTransfer(
  wanted: string,
  targets: readonly TransferTarget[],
): string | undefined {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  const exact = targets.find((target) => plain(target.name) === plain(wanted));
  if (exact) return exact.name;
  return targets.length === 1 ? targets[0]?.name : undefined;
}

export function dialledDigits(text: string): string | undefined {
  const digits = text.replace(/[\s-]/g, '');
  return /^[0-9*#wWA-Da-d]{1,64}$/.test(digits) ? digits : undefined;
}
