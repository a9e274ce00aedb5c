import { isAskingConsent } from './consent.js';
import { consentIn } from './consent-answer.js';
import { abandonReply } from './speech.js';
import type { TurnRules } from './turn-rules.js';
import { chain, nothing, type Step, type TurnState } from './turn-state.js';
import { isBackchannel } from '../text/backchannel.js';
import { wordCount } from '../text/same-words.js';

/** The caller makes a sound over the agent: silence first, then find out whether it was meant. */
export function pauseFor(state: TurnState, rules: TurnRules, text: string): Step {
  const [current] = state.speaking;
  if (!mayInterrupt(state, rules) || !current || state.bargeIn) return nothing(state);
  const bargeIn = { utterance: current.number, sinceMs: state.nowMs, heardText: '', text };
  return [
    { ...state, bargeIn },
    [
      { do: 'pause' },
      { do: 'set-timer', timer: 'resume', afterMs: rules.interruption.resumeAfterMs },
    ],
  ];
}

export function mayInterrupt(state: TurnState, rules: TurnRules): boolean {
  const isHeard = state.speaking[0]?.heardAny ?? false;
  return rules.interruption.allowed && isHeard && state.ending === null;
}

/** "Okay" means that somebody listens, unless they were asked whether something is okay. */
export function isAside(state: TurnState, rules: TurnRules, text: string): boolean {
  const isAnswer = isAskingConsent(state) && consentIn(text) !== null;
  return !isAnswer && isBackchannel(text, rules.interruption.backchannels);
}

/** `isSure`: the model says that these words are a turn, however short. */
export function isMeant(state: TurnState, rules: TurnRules, isSure: boolean): boolean {
  const { bargeIn } = state;
  if (!bargeIn || isAside(state, rules, bargeIn.text)) return false;
  const { minWords, minSpeechMs } = rules.interruption;
  const isLong = isSure || state.nowMs - bargeIn.sinceMs >= minSpeechMs;
  return isLong && wordCount(bargeIn.text) >= Math.max(1, minWords);
}

/** The agent yields: what was heard is history, the rest was never said. */
export function yieldToCaller(state: TurnState): Step {
  const { bargeIn } = state;
  if (!bargeIn) return nothing(state);
  const cuts = state.speaking.map(({ number }) => ({ do: 'cut', utterance: number }) as const);
  const heard = bargeIn.heardText.trim();
  const cut = state.speaking.find(({ number }) => number === bargeIn.utterance);
  const history =
    heard === '' || cut?.kind === 'filler'
      ? state.history
      : [...state.history, { who: 'agent', text: heard, tools: [] } as const];
  const quiet = {
    ...{ ...state, bargeIn: null, speaking: [], cutOff: true, history },
    owesAnswer: true,
  };
  return chain(
    quiet,
    (next) => [next, [...cuts, { do: 'stop-timer', timer: 'resume' }]],
    abandonReply,
  );
}

/** It was nothing: the agent goes on where it was cut off. */
export function goOn(state: TurnState): Step {
  if (!state.bargeIn) return nothing(state);
  return [{ ...state, bargeIn: null }, [{ do: 'stop-timer', timer: 'resume' }, { do: 'resume' }]];
}

export function decide(state: TurnState, rules: TurnRules, isSure: boolean): Step {
  return isMeant(state, rules, isSure) ? yieldToCaller(state) : nothing(state);
}
