type Json = Readonly<Record<string, unknown>>;

export interface Described {
  readonly who: string;
  readonly what: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function wordsOf(data: Json, fields: readonly string[]): readonly string[] {
  return fields.map((field) => text(data[field])).filter((one) => one !== '');
}

/** Of the live view, which is told more briefly than the log. */
const liveWords: Readonly<Record<string, (data: Json) => Described>> = {
  'call-state': (data) => ({
    who: '·',
    what: `call ${text(data['state'])} ${text(data['reason'])}`,
  }),
  turn: (data) => {
    const stages = stagesOf(data);
    const cut = data['interrupted'] === true ? '  (interrupted)' : '';
    const what = `${text(data['text'])}${cut}${stages === '' ? '' : `  [${stages}]`}`;
    return { who: text(data['who']), what };
  },
  tool: (data) => ({ who: 'tool', what: `${text(data['tool'])} ${text(data['outcome'])}` }),
  transfer: (data) => ({
    who: '·',
    what: [`transfer to ${text(data['name'])}:`, ...wordsOf(data, ['stage', 'outcome', 'reason'])]
      .filter((one) => one !== '')
      .join(' '),
  }),
  machine: (data) => ({ who: '·', what: `what answered: ${text(data['verdict'])}` }),
  trouble: (data) => ({ who: '!', what: `${text(data['stage'])} ${text(data['code'])}` }),
};

const words: Readonly<Record<string, (data: Json) => Described>> = {
  ...liveWords,
  'call.started': (data) => ({ who: '·', what: `call started (${text(data['mode'])})` }),
  'call.joined': () => ({ who: '·', what: 'audio is open' }),
  'call.turn-user': (data) => ({
    who: 'caller',
    what: `${text(data['text'])}${data['interrupted'] === true ? '  (interrupts)' : ''}`,
  }),
  'call.turn-agent': (data) => ({ who: 'agent', what: spoken(data) }),
  'call.tool-called': (data) => ({
    who: 'tool',
    what: `${text(data['tool'])} ${text(data['arguments'])}`,
  }),
  'call.tool-returned': (data) => ({
    who: 'tool',
    what: `${text(data['tool'])} ${text(data['outcome'])} after ${number(data['tookMs'])} ms`,
  }),
  'call.transferred': (data) => ({
    who: '·',
    what: `transfer to ${text(data['name'])}: ${wordsOf(data, ['outcome', 'reason']).join(' ')}`,
  }),
  'call.error': (data) => ({
    who: '!',
    what: `${text(data['stage'])} ${text(data['code'])}${data['recovered'] === true ? ', recovered' : ''}`,
  }),
  'call.ended': (data) => ({
    who: '·',
    what: `ended: ${text(data['reason'])}, by ${text(data['side'])}${costOf(data['cost'])}`,
  }),
  'call.recording-stored': (data) => ({
    who: '·',
    what: `recording stored, ${number(data['durationMs'])} ms${data['truncated'] === true ? ', not whole' : ''}`,
  }),
  'analysis.transcript-ready': (data) => ({
    who: '·',
    what: `transcript put together, ${Array.isArray(data['lines']) ? data['lines'].length : 0} lines`,
  }),
};

/** What happened as a person would say it; what is unknown plainly, as it came. */
export function describe(type: string, data: Json): Described {
  const known = Object.hasOwn(words, type) ? words[type] : undefined;
  if (known) return known(data);
  const rest = JSON.stringify(data);
  return { who: '·', what: `${type}${rest === '{}' ? '' : ` ${rest.slice(0, 160)}`}` };
}

function spoken(data: Json): string {
  const said = text(data['text']);
  const heard = text(data['heardText']);
  const cut = data['interrupted'] === true ? `  (cut off; heard: "${heard}")` : '';
  const stages = stagesOf((data['latency'] ?? {}) as Json);
  return `${said}${cut}${stages === '' ? '' : `  [${stages}]`}`;
}

const stageNames = [
  ['finalMs', 'final'],
  ['firstTokenMs', 'first token'],
  ['firstByteMs', 'first byte'],
  ['firstFrameMs', 'first frame'],
] as const;

function stagesOf(latency: Json): string {
  return stageNames
    .filter(([field]) => typeof latency[field] === 'number')
    .map(([field, name]) => `${name} ${number(latency[field])}`)
    .join(' · ');
}

/** Money is counted in millionths. */
function costOf(cost: unknown): string {
  const { micros, currency } = (cost ?? {}) as Json;
  if (typeof micros !== 'number') return '';
  return `, cost ${(micros / 1e6).toFixed(4)} ${text(currency)}`;
}

function number(value: unknown): string {
  return typeof value === 'number' ? String(Math.round(value)) : '–';
}

export interface TurnFigures {
  readonly turn: number;
  readonly finalMs: number | null;
  readonly firstTokenMs: number | null;
  readonly firstByteMs: number | null;
  readonly firstFrameMs: number | null;
}

/** Milliseconds from the caller's last sound, turn by turn. */
export function latencyTable(turns: readonly TurnFigures[]): readonly string[] {
  const head = ['turn', ...stageNames.map(([, name]) => name)];
  const rows = turns.map((turn) => [
    String(turn.turn),
    ...stageNames.map(([field]) => number(turn[field])),
  ]);
  return [head, ...rows].map((row) => `  ${row.map((cell) => cell.padStart(12)).join('')}`);
}
