import { fillerTimer } from './speech.js';
import type { TurnRules } from './turn-rules.js';
import { isSpeaking, nothing, type Step, type TurnState } from './turn-state.js';

/** Row E23: while hearing is being repaired the caller does not sit in silence. */
export function hearingLost(state: TurnState, rules: TurnRules): Step {
  return bridgeDeafness({ ...state, deaf: true }, rules);
}

/** The filler of an answer that is being thought stays due. */
export function hearingBack(state: TurnState): Step {
  const heard = { ...state, deaf: false };
  return state.reply ? nothing(heard) : [heard, [{ do: 'stop-timer', timer: 'filler' }]];
}

/** Whoever speaks is not left in silence; their words are kept for whoever hears next. */
export function callerSounds(state: TurnState, rules: TurnRules): Step {
  return bridgeDeafness(state, rules);
}

/** Something to hear, and again when that is over and nobody hears yet. */
export function bridgeDeafness(state: TurnState, rules: TurnRules): Step {
  if (!state.deaf || isSpeaking(state) || state.ending) return nothing(state);
  return [state, [fillerTimer(rules)]];
}
