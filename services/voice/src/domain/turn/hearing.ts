import {
  decide,
  goOn,
  isAside,
  isMeant,
  mayInterrupt,
  pauseFor,
  yieldToCaller,
} from './barge-in.js';
import { isAskingConsent } from './consent.js';
import { greetingPaused, mayBeMachine } from './machine.js';
import { stir, watchSilence } from './idle.js';
import { putOffEndpoint, stopEndpoint, watchListening } from './patience.js';
import { abandonReply, endAfter, hush, say, think } from './speech.js';
import { takeTurn } from './take-turn.js';
import { payAnswer } from './carry-on.js';
import type { TurnRules } from './turn-rules.js';
import { chain, isSpeaking, nothing, type Step, type TurnState } from './turn-state.js';
import { isBackchannel } from '../text/backchannel.js';
import { sameWords, wordCount } from '../text/same-words.js';
import { joinText } from './join-text.js';

export function speechStarted(state: TurnState, rules: TurnRules): Step {
  const heard = { ...state, callerSpeaking: true, isVoiced: rules.endpointing.mode === 'vad' };
  return chain(
    heard,
    stir,
    (next) => stopEndpoint(next, rules),
    (next) => pauseFor(next, rules, ''),
    (next) => watchListening(next, rules),
  );
}

export function partial(state: TurnState, rules: TurnRules, text: string): Step {
  if (wordCount(text) === 0) return nothing(state);
  const heard = { ...state, callerSpeaking: true, partialText: text };
  return chain(
    heard,
    stir,
    (next) => putOffEndpoint(next, rules),
    (next) => overhear(next, rules, text),
    (next) => (text === state.partialText ? nothing(next) : watchListening(next, rules)),
  );
}

/** Words while the agent speaks, is about to, or is silent. */
export function overhear(state: TurnState, rules: TurnRules, text: string): Step {
  if (state.bargeIn) {
    return decide({ ...state, bargeIn: { ...state.bargeIn, text } }, rules, false);
  }
  const isListening = isBackchannel(text, rules.interruption.backchannels);
  if (mayInterrupt(state, rules)) {
    return isListening ? nothing(state) : pauseFor(state, rules, text);
  }
  return isListening ? nothing(state) : goOnListening(state);
}

/** The caller went on before a word of the answer was heard: it answers too little. */
function goOnListening(state: TurnState): Step {
  const isUnheard = isSpeaking(state) && !state.speaking.some(({ heardAny }) => heardAny);
  const isThinking = state.reply !== null && !state.reply.eager;
  if (state.ending || isAskingConsent(state)) return nothing(state);
  if (isUnheard && state.speaking.every(({ kind }) => kind === 'reply')) return hush(state);
  return isThinking && !isSpeaking(state) ? abandonReply(state) : nothing(state);
}

/** Probably the end: an answer is prepared, unheard, for exactly these words. */
export function eagerEnd(state: TurnState, rules: TurnRules, text: string): Step {
  if (state.bargeIn) {
    const sure = { ...state, bargeIn: { ...state.bargeIn, text } };
    if (!isMeant(sure, rules, true)) return nothing(sure);
    return chain(sure, yieldToCaller, (next) => prepare(next, rules, text));
  }
  return prepare(state, rules, text);
}

function prepare(state: TurnState, rules: TurnRules, text: string): Step {
  if (!mayPrepare(state, rules) || wordCount(text) === 0) return nothing(state);
  if (state.reply?.eager && sameWords(state.reply.to, text)) return nothing(state);
  return chain(state, abandonReply, (next) => think(next, rules, text));
}

/** What answers may still be a machine, or a consent: no model is asked about those. */
function mayPrepare(state: TurnState, rules: TurnRules): boolean {
  const isBusy = isSpeaking(state) || state.openTools.length > 0 || state.ending !== null;
  if (state.machine === 'waiting-for-beep') return false;
  return !isBusy && !isAskingConsent(state) && !mayBeMachine(state, rules);
}

export function turnResumed(state: TurnState): Step {
  return state.reply?.eager ? abandonReply(state) : nothing(state);
}

export function turnEnded(
  state: TurnState,
  rules: TurnRules,
  { text, language }: { readonly text: string; readonly language: string | null },
): Step {
  const heard = { ...state, callerSpeaking: false, partialText: '' };
  if (heard.ending) return nothing(heard);
  if (heard.machine === 'waiting-for-beep') return greetingPaused(heard);
  if (wordCount(text) === 0) {
    return chain(
      heard,
      goOn,
      turnResumed,
      (next) => payAnswer(next, rules),
      (next) => watchSilence(next, rules),
    );
  }
  const turn = { text, language, digits: null };
  if (heard.bargeIn) {
    const sure = { ...heard, bargeIn: { ...heard.bargeIn, text } };
    if (!isMeant(sure, rules, true)) return goOn(sure);
    return chain(sure, yieldToCaller, (next) => takeTurn(next, rules, turn));
  }
  if (!heard.speaking.some(({ heardAny }) => heardAny)) {
    return chain(heard, hushUnheard, (next) => takeTurn(next, rules, turn));
  }
  return overSpeech(heard, rules, text);
}

/** A whole turn while the agent speaks and nothing was paused. */
function overSpeech(state: TurnState, rules: TurnRules, text: string): Step {
  if (isAside(state, rules, text)) return nothing(state);
  const waiting = { ...state, waitingText: joinText(state.waitingText, text) };
  if (!mayInterrupt(state, rules)) return nothing(waiting);
  return pauseFor(waiting, rules, text);
}

/** Fillers and prompts that nobody has heard yet give way to the answer. */
function hushUnheard(state: TurnState): Step {
  if (!isSpeaking(state) || isAskingConsent(state)) return nothing(state);
  const keep = state.reply;
  const cuts = state.speaking.map(({ number }) => ({ do: 'cut', utterance: number }) as const);
  return [{ ...state, speaking: [], reply: keep }, cuts];
}

/** The carrier's buffer is empty now: what was heard of it is known. */
export function paused(
  state: TurnState,
  rules: TurnRules,
  { utterance, heardText }: { readonly utterance: number; readonly heardText: string },
): Step {
  const { bargeIn } = state;
  if (!bargeIn || !state.speaking.some(({ number }) => number === utterance)) return nothing(state);
  // The end of the one before may still be on its way to us.
  const known = { ...state, bargeIn: { ...bargeIn, utterance, heardText } };
  if (known.callerSpeaking || known.waitingText === '') return nothing(known);
  const turn = { text: known.waitingText, language: null, digits: null };
  return chain(known, yieldToCaller, (next) => takeTurn(next, rules, turn));
}

/** Time is up for making sense of a sound over the agent. */
export function resumeTimer(state: TurnState, rules: TurnRules): Step {
  if (state.digits !== '') return nothing(state);
  return isMeant(state, rules, false) ? yieldToCaller(state) : goOn(state);
}

/** Words were lost for good: asked for once, then the call has no sense. */
export function utteranceLost(state: TurnState, rules: TurnRules): Step {
  const troubles = state.troubles + 1;
  if (troubles > 2) return hearingGaveUp(state, rules);
  const lost = { ...state, troubles, callerSpeaking: false, partialText: '', owesAnswer: false };
  // A filler is no reason not to ask.
  const isTalking = lost.speaking.some(({ kind }) => kind !== 'filler');
  return isTalking ? nothing(lost) : say(lost, 'trouble', rules.phrases.askToRepeat);
}

export function hearingGaveUp(state: TurnState, rules: TurnRules): Step {
  const words = rules.phrases.trouble;
  return endAfter(state, { reason: 'error_stt', side: 'platform', words });
}
