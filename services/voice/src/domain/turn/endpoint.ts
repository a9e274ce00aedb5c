import { overhear, turnEnded } from './hearing.js';
import { joinText } from './join-text.js';
import {
  awaitFinalWords,
  endpointAfter,
  endpointAfterSilence,
  watchListening,
} from './patience.js';
import type { TurnRules } from './turn-rules.js';
import { chain, noWords, nothing, type Step, type TurnState } from './turn-state.js';

/** When a turn is over, where the model that hears it does not say so. */

interface Segment {
  readonly text: string;
  readonly speechFinal: boolean;
}

/** Final words. */
export function segment(state: TurnState, rules: TurnRules, { text, speechFinal }: Segment): Step {
  const pendingText = joinText(state.pendingText, text);
  if (pendingText === '') return soundOver(state, rules, speechFinal);
  const understood = { ...state, pendingText, partialText: '' };
  return chain(
    understood,
    (next) => overhear(next, rules, pendingText),
    (next) => (state.callerSpeaking ? watchListening(next, rules) : nothing(next)),
    (next) => awaitMore(next, rules, speechFinal),
  );
}

/** A sound that had no words is over, unless another voice is on the line by now. */
function soundOver(state: TurnState, rules: TurnRules, speechFinal: boolean): Step {
  if (!speechFinal || state.isVoiced) return nothing(state);
  return turnEnded(state, rules, { text: '', language: null });
}

function awaitMore(state: TurnState, rules: TurnRules, speechFinal: boolean): Step {
  const { mode, minDelayMs, maxDelayMs } = rules.endpointing;
  if (!speechFinal || state.isVoiced) return endpointAfter(state, maxDelayMs);
  return mode === 'vad' ? endpointAfterSilence(state, rules) : endpointAfter(state, minDelayMs);
}

/** The voice on the line has ended: the vendor need not find that out by itself. */
export function speechStopped(
  state: TurnState,
  rules: TurnRules,
  { silentMs }: { readonly silentMs: number },
): Step {
  if (rules.endpointing.mode !== 'vad') return nothing(state);
  const quiet = { ...state, isVoiced: false, quietSinceMs: state.nowMs - silentMs };
  return chain(
    quiet,
    (next) => [next, [{ do: 'finalize-hearing' }]],
    (next) => awaitFinalWords(next, rules),
  );
}

/** Nothing more has come: what was understood is the turn, final or not. */
export function endpointTimer(state: TurnState, rules: TurnRules): Step {
  const text = joinText(state.pendingText, state.partialText);
  return turnEnded({ ...state, ...noWords }, rules, { text, language: null });
}

/** The end of what was said got lost: nobody is listened to for ever. */
export function listeningTimer(state: TurnState, rules: TurnRules): Step {
  if (!state.callerSpeaking) return nothing(state);
  // What is said while nobody understands it will be heard later.
  if (state.deaf) return watchListening(state, rules);
  return endpointTimer({ ...state, isVoiced: false }, rules);
}
