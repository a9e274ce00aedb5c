import type { EndReason, EndSide } from '@trunkline/contracts';
import type { SpeechKind, TurnEffect } from './turn-effect.js';
import type { TurnRules } from './turn-rules.js';
import { chain, isSpeaking, nothing, type Step, type TurnState } from './turn-state.js';

/** A goodbye that never ends must not keep the line. */
const GOODBYE_LIMIT_MS = 15_000;

export function say(state: TurnState, kind: SpeechKind, text: string): Step {
  const utterance = state.lastNumber + 1;
  const spoken = { number: utterance, kind, text, heardAny: false };
  return [
    { ...state, lastNumber: utterance, speaking: [...state.speaking, spoken] },
    [{ do: 'say', utterance, kind, text }],
  ];
}

/** Nobody hears any of it any more; what was heard of the first one is known already. */
export function hush(state: TurnState): Step {
  const effects: TurnEffect[] = state.speaking.map(({ number }) => ({
    do: 'cut',
    utterance: number,
  }));
  return chain({ ...state, speaking: [], bargeIn: null }, (next) => [next, effects], abandonReply);
}

export function abandonReply(state: TurnState): Step {
  if (!state.reply) return nothing(state);
  const effects: TurnEffect[] = [
    { do: 'abandon', reply: state.reply.number },
    { do: 'stop-timer', timer: 'filler' },
  ];
  const owesAnswer = state.owesAnswer || !state.reply.eager;
  return [{ ...state, reply: null, owesAnswer }, effects];
}

/** Asks the model for what comes next; an eager reply is told the words it may be about. */
export function think(state: TurnState, rules: TurnRules, eagerTo: string | null = null): Step {
  const number = state.lastNumber + 1;
  const eager = eagerTo !== null;
  const reply = { number, eager, to: eagerTo ?? '', ended: false, speaks: false, tools: null };
  const keepVendor = state.completedTurns >= 3;
  return [
    { ...state, lastNumber: number, reply, owesAnswer: state.owesAnswer && eager },
    [{ do: 'think', reply: number, eager, keepVendor }, ...(eager ? [] : [fillerTimer(rules)])],
  ];
}

/** Its words have a place among what is spoken, unless they may not be heard yet. */
export function replySpeaks(state: TurnState, number: number): Step {
  if (state.reply?.number !== number) return nothing(state);
  const reply = { ...state.reply, speaks: true };
  if (reply.eager) return nothing({ ...state, reply });
  const spoken = { number, kind: 'reply', text: null, heardAny: false } as const;
  const needless = state.speaking.filter((one) => one.kind === 'filler' && !one.heardAny);
  const speaking = state.speaking.filter((one) => !needless.includes(one));
  const cuts = needless.map((one) => ({ do: 'cut', utterance: one.number }) as const);
  return [{ ...state, reply, speaking: [...speaking, spoken] }, cuts];
}

export function fillerTimer(rules: TurnRules): TurnEffect {
  return { do: 'set-timer', timer: 'filler', afterMs: rules.filler.afterMs };
}

/** Something to hear while it takes long, unless there is something to hear already. */
export function sayFiller(state: TurnState, rules: TurnRules): Step {
  const { phrases } = rules.filler;
  const phrase = phrases[state.lastNumber % Math.max(1, phrases.length)];
  const isListening = state.callerSpeaking && !state.deaf;
  const isAwaited = state.openTools.length > 0 || (state.reply !== null && !state.reply.eager);
  if (!isAwaited && !state.deaf) return nothing(state);
  const isBusy = isSpeaking(state) || isListening || state.ending !== null;
  return isBusy || phrase === undefined ? nothing(state) : say(state, 'filler', phrase);
}

export interface Ending {
  readonly reason: EndReason;
  readonly side: EndSide;
  /** The last words; `null`: none but what is being said already. */
  readonly words: string | null;
  /** Lets the agent finish what it is saying. */
  readonly gently?: boolean;
}

/** Ends the call after the last words were heard, and only once. */
export function endAfter(state: TurnState, { reason, side, words, gently }: Ending): Step {
  if (state.ending) return nothing(state);
  const quiet: Step = gently ? nothing(state) : hush(state);
  const [hushed, cuts] = quiet;
  const kind = reason.startsWith('error') ? 'trouble' : 'goodbye';
  const [next, said] = words === null ? nothing(hushed) : say(hushed, kind, words);
  const last = next.speaking.at(-1);
  if (!last) return endNow({ ...next, ending: null }, { reason, side }, cuts);
  const limit: TurnEffect = { do: 'set-timer', timer: 'goodbye', afterMs: GOODBYE_LIMIT_MS };
  return [{ ...next, ending: { reason, side, after: last.number } }, [...cuts, ...said, limit]];
}

export function endNow(
  state: TurnState,
  { reason, side }: Pick<Ending, 'reason' | 'side'>,
  before: readonly TurnEffect[] = [],
): Step {
  if (state.over) return nothing(state);
  return [{ ...state, over: true }, [...before, { do: 'end', reason, side }]];
}

/** Once it is asked to say it again; when that does not help, an apology is the last word. */
export function replyFailed(
  state: TurnState,
  rules: TurnRules,
  { reply, stage }: { readonly reply: number; readonly stage: 'llm' | 'tts' },
): Step {
  const isSpoken = state.speaking.some(({ number }) => number === reply);
  if (state.reply?.number !== reply && !isSpoken) return nothing(state);
  // Nobody waits for it yet: the end of the turn asks afresh.
  if (state.reply?.number === reply && state.reply.eager) return abandonReply(state);
  if (stage === 'tts') return voiceBroke(state, reply);
  const troubles = state.troubles + 1;
  const isHeard = state.speaking.some(({ number, heardAny }) => number === reply && heardAny);
  if (isHeard) return answerBroke({ ...state, troubles }, rules, reply);
  const speaking = state.speaking.filter(({ number }) => number !== reply);
  const failed = { ...state, troubles, speaking };
  const { askToRepeat, trouble } = rules.phrases;
  return chain(failed, abandonReply, (next) =>
    troubles > 1
      ? endAfter(next, { reason: 'error_llm', side: 'platform', words: trouble })
      : say({ ...next, owesAnswer: false }, 'trouble', askToRepeat),
  );
}

/** Nobody misses a filler: the words that matter may find a voice that works. */
function voiceBroke(state: TurnState, number: number): Step {
  const broken = state.speaking.find((one) => one.number === number);
  const speaking = state.speaking.filter((one) => one !== broken);
  if (broken?.kind === 'filler') return nothing({ ...state, speaking });
  return endNow({ ...state, speaking }, { reason: 'error_tts', side: 'platform' });
}

/** Half an answer is better than half a word: what came of it is spoken, but it completes no turn. */
function answerBroke(state: TurnState, rules: TurnRules, number: number): Step {
  const speaking = state.speaking.map((one) =>
    one.number === number ? ({ ...one, kind: 'trouble' } as const) : one,
  );
  const broken = { ...state, speaking, reply: null };
  const { askToRepeat, trouble } = rules.phrases;
  if (state.troubles <= 1) return say(broken, 'trouble', askToRepeat);
  const how = { reason: 'error_llm', side: 'platform', gently: true } as const;
  return endAfter(broken, { ...how, words: trouble });
}
