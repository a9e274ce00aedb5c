import { bridgeDeafness } from './deafness.js';
import { watchSilence } from './idle.js';
import { endNow } from './speech.js';
import { takeTurn } from './take-turn.js';
import { payAnswer } from './carry-on.js';
import { startTransfer } from './transfer.js';
import type { TurnRules } from './turn-rules.js';
import {
  chain,
  isSpeaking,
  nothing,
  type Step,
  type TurnState,
  type Utterance,
} from './turn-state.js';

export function playStarted(state: TurnState, utterance: number): Step {
  if (!state.speaking.some(({ number }) => number === utterance)) return nothing(state);
  const speaking = state.speaking.map((one) =>
    one.number === utterance ? { ...one, heardAny: true } : one,
  );
  return [{ ...state, speaking }, [{ do: 'stop-timer', timer: 'filler' }]];
}

export function playEnded(
  state: TurnState,
  rules: TurnRules,
  { utterance, text }: { readonly utterance: number; readonly text: string },
): Step {
  const spoken = state.speaking.find(({ number }) => number === utterance);
  if (!spoken) return nothing(state);
  const next: TurnState = {
    ...countTurn(state, spoken),
    speaking: state.speaking.filter(({ number }) => number !== utterance),
    history: withSpoken(state, spoken, text.trim()),
    bargeIn: state.bargeIn?.utterance === utterance ? null : state.bargeIn,
  };
  if (next.ending?.after === utterance) return endNow(next, next.ending);
  if (isSpeaking(next)) return nothing(next);
  return chain(
    next,
    (over) => afterSpeech(over, rules),
    (over) => bridgeDeafness(over, rules),
  );
}

function countTurn(state: TurnState, { kind }: Utterance): TurnState {
  if (kind !== 'reply') return state;
  return { ...state, completedTurns: state.completedTurns + 1, troubles: 0 };
}

/** Fillers are noise to the model. */
function withSpoken(state: TurnState, { kind }: Utterance, text: string): TurnState['history'] {
  if (kind === 'filler' || text === '') return state.history;
  return [...state.history, { who: 'agent', text, tools: [] }];
}

/** The agent has finished: what had to wait for its last word comes now. */
function afterSpeech(state: TurnState, rules: TurnRules): Step {
  if (state.transferring?.isBegun === false) return startTransfer(state);
  if (state.waitingText !== '' && !state.callerSpeaking) {
    const turn = { text: state.waitingText, language: null, digits: null };
    return takeTurn(state, rules, turn);
  }
  return chain(
    state,
    (next) => payAnswer(next, rules),
    (next) => watchSilence(next, rules),
  );
}
