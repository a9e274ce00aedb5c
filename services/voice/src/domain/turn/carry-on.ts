import { stir } from './idle.js';
import { say, think } from './speech.js';
import type { TurnRules } from './turn-rules.js';
import { chain, nothing, type Step, type TurnState } from './turn-state.js';

/** A model that only ever asks for tools leaves the caller in silence and costs money. */
const MOST_TOOL_ROUNDS = 10;

/** The model goes on with what the tools brought; while the caller has the word, it owes it. */
export function carryOn(state: TurnState, rules: TurnRules): Step {
  if (state.callerSpeaking || state.reply !== null || state.bargeIn) {
    return nothing({ ...state, owesAnswer: true });
  }
  if (state.toolRounds < MOST_TOOL_ROUNDS) {
    return chain({ ...state, toolRounds: state.toolRounds + 1 }, stir, (next) =>
      think(next, rules),
    );
  }
  return say(state, 'trouble', rules.phrases.askToRepeat);
}

/** Whoever had the word has left it. */
export function payAnswer(state: TurnState, rules: TurnRules): Step {
  const isSettled = !state.owesAnswer || state.openTools.length > 0 || state.ending !== null;
  return isSettled ? nothing(state) : carryOn({ ...state, owesAnswer: false }, rules);
}
