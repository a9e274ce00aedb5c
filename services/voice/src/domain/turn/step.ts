import { askAgain, begin, isAskingConsent } from './consent.js';
import { digit, digitsDone } from './digits.js';
import * as hearing from './hearing.js';
import * as deafness from './deafness.js';
import * as endpoint from './endpoint.js';
import { giveUp, promptIdle, watchSilence } from './idle.js';
import { meetMachine, speakAfterBeep } from './machine.js';
import { playEnded, playStarted } from './playing.js';
import { payAnswer } from './carry-on.js';
import { recentOf } from './recent.js';
import { endAfter, endNow, replyFailed, replySpeaks, sayFiller } from './speech.js';
import { finishReply } from './take-turn.js';
import { askedTools, followUp, toolReturned } from './tools.js';
import { heldBack, transferDone } from './transfer.js';
import type { TimerName, TurnInput } from './turn-input.js';
import type { TurnRules } from './turn-rules.js';
import { chain, isSpeaking, nothing, type Step, type TurnState } from './turn-state.js';

/** One thing that happened, and when, on the clock of the call. */
export interface Happening {
  readonly atMs: number;
  readonly input: TurnInput;
}

/**
 * Every rule of turn-taking, and nothing else: what happened and what was so far, to what is now
 * and what has to be done. It knows no clock, no vendor and no wire.
 */
export function step(before: TurnState, { atMs, input }: Happening, rules: TurnRules): Step {
  if (before.over) return nothing(before);
  if (before.leaving && input.type !== 'transfer-done') return nothing(before);
  const rule = ruleFor[input.type] as Rule;
  const [after, effects] = heldBack(rule({ ...before, nowMs: atMs }, rules, input));
  if (after.history === before.history) return [after, effects];
  return [{ ...after, history: recentOf(after.history) }, effects];
}

type InputOf<Type extends TurnInput['type']> = Extract<TurnInput, { readonly type: Type }>;
type Rule<Input = TurnInput> = (state: TurnState, rules: TurnRules, input: Input) => Step;

/** A kind of input without a rule does not compile. */
const ruleFor: { readonly [Type in TurnInput['type']]: Rule<InputOf<Type>> } = {
  joined,
  'taken-over': takenOver,
  'speech-started': hearing.speechStarted,
  'speech-stopped': endpoint.speechStopped,
  partial: (state, rules, { text }) => hearing.partial(state, rules, text),
  'eager-end': (state, rules, { text }) => hearing.eagerEnd(state, rules, text),
  'turn-resumed': hearing.turnResumed,
  segment: endpoint.segment,
  'turn-ended': hearing.turnEnded,
  paused: hearing.paused,
  'utterance-lost': hearing.utteranceLost,
  'hearing-gave-up': hearing.hearingGaveUp,
  'hearing-lost': deafness.hearingLost,
  'hearing-back': deafness.hearingBack,
  'caller-sounds': deafness.callerSounds,
  digit: (state, rules, input) => digit(state, rules, input.digit),

  'play-started': (state, _rules, { utterance }) => playStarted(state, utterance),
  'play-ended': playEnded,
  'reply-speaks': (state, _rules, { reply }) => replySpeaks(state, reply),
  'reply-ended': (state, rules, { reply }) =>
    state.reply?.number === reply ? finishReply(state, rules) : nothing(state),
  'reply-asked-tools': (state, _rules, input) => askedTools(state, input.reply, input),
  'reply-failed': replyFailed,
  'tool-slow': sayFiller,
  'tool-returned': (state, rules, { result }) => toolReturned(state, rules, result),
  'tool-followed-up': (state, rules, { text }) => followUp(state, rules, text),

  timer: (state, rules, { timer }) => onTimer[timer](state, rules),
  machine: meetMachine,
  'line-dropped': (state) => nothing({ ...state, dropped: true }),
  'line-rejoined': (state, rules) => watchSilence({ ...state, dropped: false }, rules),
  'transfer-done': transferDone,
  'end-now': (state, _rules, input) => endNow(state, input),
  'end-politely': (state, rules, { reason }) => sayGoodbye(state, rules, reason),
};

const onTimer: { readonly [Name in TimerName]: (state: TurnState, rules: TurnRules) => Step } = {
  idle: (state, rules) =>
    isAskingConsent(state) ? askAgain(state, rules, 'silent') : promptIdle(state, rules),
  'give-up-idle': (state, rules) =>
    isAskingConsent(state) ? nothing(state) : giveUp(state, rules),
  longest: (state, rules) => sayGoodbye(state, rules, 'max_duration_reached'),
  resume: hearing.resumeTimer,
  endpoint: endpoint.endpointTimer,
  listening: endpoint.listeningTimer,
  digits: digitsDone,
  filler: sayFiller,
  'after-beep': speakAfterBeep,
  goodbye: (state) => (state.ending ? endNow(state, state.ending) : nothing(state)),
};

function joined(state: TurnState, rules: TurnRules): Step {
  const longest = { do: 'set-timer', timer: 'longest', afterMs: rules.maxDurationMs } as const;
  return chain(
    state,
    (next) => [next, [longest]],
    (next) => begin(next, rules),
  );
}

/** Whoever is owed an answer gets it, once what is being said has been heard. */
function takenOver(state: TurnState, rules: TurnRules): Step {
  if (isSpeaking(state)) return nothing(state);
  return chain(
    state,
    (next) => payAnswer(next, rules),
    (next) => watchSilence(next, rules),
  );
}

function sayGoodbye(
  state: TurnState,
  rules: TurnRules,
  reason: InputOf<'end-politely'>['reason'],
): Step {
  return endAfter(state, { reason, side: 'platform', words: rules.phrases.goodbye });
}
