import type { TurnRules } from './turn-rules.js';
import { nothing, type Step, type TurnState } from './turn-state.js';

/** Nobody who means to go on is silent for longer. */
const LONGEST_SILENCE_MS = 8000;
/** A vendor that will still end the turn is given the time to. */
const VENDOR_GRACE_MS = 2000;
/** From asking for the final words of a sound to knowing that it had none. */
const FINAL_WORDS_MS = 500;

/** Whoever has begun to speak counts as speaking only while there are new signs of it. */
export function watchListening(state: TurnState, { endpointing }: TurnRules): Step {
  const { mode, maxDelayMs, timeoutMs } = endpointing;
  const vendorMs = (mode === 'model' ? timeoutMs : maxDelayMs) + VENDOR_GRACE_MS;
  const afterMs = Math.max(LONGEST_SILENCE_MS, vendorMs);
  return [state, [{ do: 'set-timer', timer: 'listening', afterMs }]];
}

/** The caller goes on: what was understood is not all. */
export function stopEndpoint(state: TurnState, { endpointing }: TurnRules): Step {
  if (state.pendingText === '' && endpointing.mode !== 'vad') return nothing(state);
  return [state, [{ do: 'stop-timer', timer: 'endpoint' }]];
}

/** Words that may change will become final ones, also when their sound is over already. */
export function putOffEndpoint(state: TurnState, rules: TurnRules): Step {
  const { mode, maxDelayMs } = rules.endpointing;
  if (mode !== 'vad' || state.isVoiced) return stopEndpoint(state, rules);
  return endpointAfter(state, maxDelayMs);
}

/** The words of a sound that ended are final: its silence counts from its end. */
export function endpointAfterSilence(state: TurnState, { endpointing }: TurnRules): Step {
  const silentMs = state.nowMs - state.quietSinceMs;
  return endpointAfter(state, Math.max(0, endpointing.minDelayMs - silentMs));
}

/** The sound is over; its final words were asked for and may be none. */
export function awaitFinalWords(state: TurnState, { endpointing }: TurnRules): Step {
  const { minDelayMs, maxDelayMs } = endpointing;
  const isUnsettled = state.partialText !== '';
  return endpointAfter(state, isUnsettled ? maxDelayMs : Math.max(minDelayMs, FINAL_WORDS_MS));
}

export function endpointAfter(state: TurnState, afterMs: number): Step {
  return [state, [{ do: 'set-timer', timer: 'endpoint', afterMs }]];
}
