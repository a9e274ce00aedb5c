import { consentIn } from './consent-answer.js';
import { endAfter, say } from './speech.js';
import type { TurnRules } from './turn-rules.js';
import { chain, nothing, type Step, type TurnState } from './turn-state.js';
import { watchSilence } from './idle.js';

export function isAskingConsent(state: TurnState): boolean {
  return state.consent === 'asked' || state.consent === 'asked-again';
}

/** Row O20: nothing is recorded and nothing else is said before the caller has answered. */
export function begin(state: TurnState, rules: TurnRules): Step {
  const { required, prompt } = rules.consent;
  if (required && prompt !== null) return say({ ...state, consent: 'asked' }, 'consent', prompt);
  return chain(
    state,
    (next) => startRecording(next, rules),
    (next) => greet(next, rules),
  );
}

export function greet(state: TurnState, rules: TurnRules): Step {
  const { firstMessage } = rules;
  return firstMessage === null ? watchSilence(state, rules) : say(state, 'first', firstMessage);
}

function startRecording(state: TurnState, rules: TurnRules): Step {
  return rules.recording ? [state, [{ do: 'record', on: true }]] : nothing(state);
}

export function answerConsent(state: TurnState, rules: TurnRules, text: string): Step {
  const given = consentIn(text);
  const isUnheard = state.speaking.some(({ kind, heardAny }) => kind === 'consent' && !heardAny);
  // "Yes?" is how people answer the telephone.
  if (given === true && isUnheard && state.consent === 'asked') return nothing(state);
  if (given !== null) return settleConsent(state, rules, { given, how: 'said' });
  return askAgain(state, rules, 'said');
}

/** An unclear answer is asked for once more; after that it counts as a no. */
export function askAgain(state: TurnState, rules: TurnRules, how: 'said' | 'silent'): Step {
  if (state.consent === 'asked') {
    return say({ ...state, consent: 'asked-again' }, 'consent', rules.consent.prompt ?? '');
  }
  return settleConsent(state, rules, { given: false, how });
}

export function settleConsent(
  state: TurnState,
  rules: TurnRules,
  { given, how }: { readonly given: boolean; readonly how: 'said' | 'keyed' | 'silent' },
): Step {
  const settled: TurnState = { ...state, consent: given ? 'given' : 'refused' };
  const noted = (next: TurnState): Step => [next, [{ do: 'note-consent', given, how }]];
  if (given) {
    const record = (next: TurnState): Step => startRecording(next, rules);
    return chain(settled, noted, record, (next) => greet(next, rules));
  }
  if (rules.consent.onRefusal === 'continue-unrecorded') {
    return chain(settled, noted, (next) => greet(next, rules));
  }
  const words = rules.phrases.goodbye;
  return chain(settled, noted, (next) =>
    endAfter(next, { reason: 'consent_refused', side: 'platform', words }),
  );
}
