import { pauseFor, yieldToCaller } from './barge-in.js';
import { isAskingConsent, settleConsent } from './consent.js';
import { stir } from './idle.js';
import { hush } from './speech.js';
import { takeTurn } from './take-turn.js';
import type { TurnRules } from './turn-rules.js';
import { chain, nothing, type Step, type TurnState } from './turn-state.js';

const BETWEEN_DIGITS_MS = 2000;
const MOST_DIGITS = 32;

export function digit(state: TurnState, rules: TurnRules, key: string): Step {
  if (state.ending) return nothing(state);
  if (isAskingConsent(state) && (key === '1' || key === '2')) {
    return chain(state, stir, hush, (next) =>
      settleConsent(next, rules, { given: key === '1', how: 'keyed' }),
    );
  }
  if (isAskingConsent(state)) return nothing(state);
  const keyed = { ...state, digits: state.digits + key };
  if (key === '#' || keyed.digits.length >= MOST_DIGITS) return digitsDone(keyed, rules);
  return chain(
    keyed,
    stir,
    (next) => pauseFor(next, rules, ''),
    (next) => [next, [{ do: 'set-timer', timer: 'digits', afterMs: BETWEEN_DIGITS_MS }]],
  );
}

/** Keys pressed are a turn like any other; whoever presses does not want to listen. */
export function digitsDone(state: TurnState, rules: TurnRules): Step {
  const { digits } = state;
  if (digits === '') return nothing(state);
  const text = `(pressed ${digits} on the keypad)`;
  return chain(
    { ...state, digits: '' },
    (next) => [next, [{ do: 'stop-timer', timer: 'digits' }]],
    yieldToCaller,
    hush,
    (next) => takeTurn(next, rules, { text, language: null, digits }),
  );
}
