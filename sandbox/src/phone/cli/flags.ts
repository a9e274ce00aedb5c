import {
  carriers,
  conversationModes,
  type Carrier,
  type ConversationMode,
} from '@trunkline/contracts';
import { callerScript, type CallerScript, type CallerStep } from '../script.js';

export interface Flags {
  readonly script: CallerScript;
  readonly carrier: Carrier;
  readonly record: string | undefined;
  readonly to: string | undefined;
  readonly agent: string | undefined;
  /** Instead of the agent's own. */
  readonly mode: ConversationMode | undefined;
  readonly isWeb: boolean;
  readonly isJson: boolean;
  readonly wantsHelp: boolean;
}

export const usage = `npm run call -- [flags]   a simulated caller rings the running platform

  --say TEXT            say this, then listen; repeat for a conversation
  --interrupt MS        say the next TEXT when the agent has been speaking for MS
  --silence MS          say nothing for MS
  --dtmf DIGITS         press these keys
  --hangup-after MS     hang up MS after the step before, instead of politely at the end
  --script FILE         steps and expectations as JSON (sandbox/README.md); replaces the steps above
  --carrier NAME        ${carriers.join(', ')} (twilio)
  --web                 speak from a browser's socket instead of through a carrier
  --agent NAME|ID       who is called (a demo agent, made when there is none)
  --mode MODE           ${conversationModes.join(', ')}: instead of the agent's own (with --web), or
                        a demo agent of that mode
  --to NUMBER           the number that is rung
  --record FILE.wav     keep both sides as the carrier heard them
  --json                one JSON object per line instead of text
  --help

Exits with 0 when the call took place and every expectation held.`;

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Draft {
  readonly steps: CallerStep[];
  interruptMs: number | undefined;
  scriptFile: string | undefined;
  readonly texts: Map<string, string>;
  readonly switches: Set<string>;
}

const switches = new Set(['--web', '--json', '--help']);
const texts = new Set(['--carrier', '--agent', '--mode', '--to', '--record']);

const stepFlags: Readonly<Record<string, (value: string, draft: Draft) => void>> = {
  '--say': (say, draft) => {
    const afterMs = draft.interruptMs;
    draft.interruptMs = undefined;
    const timeoutMs = 15_000;
    if (afterMs === undefined) draft.steps.push({ waitForAgent: patience }, { say });
    else draft.steps.push({ interrupt: { say, afterMs, timeoutMs } });
  },
  '--interrupt': (value, draft) => {
    draft.interruptMs = milliseconds('--interrupt', value);
  },
  '--silence': (value, draft) => {
    draft.steps.push({ waitForAgent: patience }, { silence: milliseconds('--silence', value) });
  },
  '--dtmf': (dtmf, draft) => {
    draft.steps.push({ waitForAgent: patience }, { dtmf });
  },
  '--hangup-after': (value, draft) => {
    const ms = milliseconds('--hangup-after', value);
    draft.steps.push({ silence: ms }, { hangUp: true });
  },
  '--script': (file, draft) => {
    draft.scriptFile = file;
  },
};

const patience = { quietMs: 700, timeoutMs: 15_000 };

/** `readScript` is given the file's name. Throws UsageError with one line. */
export function readFlags(args: readonly string[], readScript: (file: string) => unknown): Flags {
  const draft: Draft = {
    steps: [],
    interruptMs: undefined,
    scriptFile: undefined,
    texts: new Map(),
    switches: new Set(),
  };
  for (let at = 0; at < args.length; at += 1) at += take(args[at] ?? '', args[at + 1], draft);
  if (draft.interruptMs !== undefined) throw new UsageError('--interrupt needs a --say after it');
  const carrier = draft.texts.get('--carrier') ?? 'twilio';
  if (!isCarrier(carrier)) throw new UsageError(`--carrier is one of ${carriers.join(', ')}`);
  const mode = modeOf(draft);
  const script = draft.scriptFile === undefined ? draft.steps : readScript(draft.scriptFile);
  return {
    script: scriptOf(script, draft.texts.has('--record')),
    carrier,
    record: draft.texts.get('--record'),
    to: draft.texts.get('--to'),
    agent: draft.texts.get('--agent'),
    mode,
    isWeb: draft.switches.has('--web'),
    isJson: draft.switches.has('--json'),
    wantsHelp: draft.switches.has('--help'),
  };
}

/** A carrier's caller rings a number, and numbers lead to agents: only a session takes a mode. */
function modeOf({ texts: given, switches: on }: Draft): ConversationMode | undefined {
  const mode = given.get('--mode');
  if (mode === undefined) return undefined;
  const known = conversationModes.find((one) => one === mode);
  if (!known) throw new UsageError(`--mode is one of ${conversationModes.join(', ')}`);
  const isOfRoute = given.has('--agent') && !on.has('--web');
  if (isOfRoute) throw new UsageError('--mode with --agent needs --web');
  return known;
}

/** How many more arguments the flag took. */
function take(flag: string, value: string | undefined, draft: Draft): 0 | 1 {
  if (switches.has(flag)) {
    draft.switches.add(flag);
    return 0;
  }
  const isStep = Object.hasOwn(stepFlags, flag);
  if (!isStep && !texts.has(flag)) throw new UsageError(`no flag ${flag}: see --help`);
  if (value === undefined) throw new UsageError(`${flag} needs a value`);
  if (isStep) stepFlags[flag]?.(value, draft);
  else draft.texts.set(flag, value);
  return 1;
}

function scriptOf(given: unknown, record: boolean): CallerScript {
  const wanted = Array.isArray(given) ? { steps: polite(given as CallerStep[]) } : given;
  const parsed = callerScript.safeParse(wanted);
  if (parsed.success) return { ...parsed.data, record: record || parsed.data.record };
  const [issue] = parsed.error.issues;
  throw new UsageError(`the script does not read: ${issue?.path.join('.')} ${issue?.message}`);
}

/** With nothing to say one asks something; at the end one listens, and hangs up. */
function polite(steps: readonly CallerStep[]): readonly CallerStep[] {
  const said: readonly CallerStep[] =
    steps.length > 0
      ? steps
      : [
          { waitForAgent: patience },
          { say: 'Hello, what can you do for me?' },
          { waitForAgent: patience },
          { say: 'Thank you, goodbye.' },
        ];
  const last = said.at(-1);
  return last && 'hangUp' in last ? said : [...said, { waitForAgent: patience }, { hangUp: true }];
}

function milliseconds(flag: string, text: string): number {
  const ms = Number(text);
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`${flag} needs milliseconds, not "${text}"`);
  return ms;
}

function isCarrier(name: string): name is Carrier {
  return (carriers as readonly string[]).includes(name);
}
