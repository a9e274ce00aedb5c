import { endAfter } from '../turn/speech.js';
import type { TurnRules } from '../turn/turn-rules.js';
import { isSpeaking, type TurnState } from '../turn/turn-state.js';
import type {
  ConversationEffect,
  ConversationState,
  ConversationStep,
} from './conversation-state.js';
import { withModel } from './with-model.js';

/** Row O18: whoever the caller has talked with for so long stays who it is. */
const KEEPS_VENDOR_AFTER_TURNS = 3;

/** The new session knows what was said; what it was about to say it is told again. */
export function sessionBack(state: ConversationState): ConversationStep {
  const { turn, awaited } = state;
  const owed: ConversationEffect[] = turn.speaking
    .filter(({ number }) => awaited.includes(number))
    .map(({ text }) => ({ do: 'ask-to-say', text: text ?? '' }));
  const last = turn.history.at(-1);
  if (last?.who === 'caller' && isUnanswered(turn)) owed.push({ do: 'tell', text: last.text });
  return [state, [{ do: 'use-session' }, ...owed]];
}

/** Early in a call somebody else may go on; later an apology is the last word. */
export function sessionLost(state: ConversationState, rules: TurnRules): ConversationStep {
  const { turn, awaited, replies } = state;
  // Its last words need no model, or are all that came of one.
  if (turn.ending && awaited.length === 0) return [state, [{ do: 'note-lost' }]];
  if (turn.completedTurns >= KEEPS_VENDOR_AFTER_TURNS) return nobodyElse(state, rules);
  const speaking = turn.speaking.filter(({ number }) => !awaited.includes(number));
  const owesAnswer = turn.owesAnswer || isUnanswered({ ...turn, speaking });
  const next = { ...turn, speaking, owesAnswer, callerSpeaking: false };
  const handed = { turn: next, awaited: [], replies, isHandedOver: true };
  return [handed, [{ do: 'hand-over' }]];
}

export function nobodyElse(state: ConversationState, rules: TurnRules): ConversationStep {
  const how = { reason: 'error_llm', side: 'platform', words: rules.phrases.trouble } as const;
  const here = { ...state, isHandedOver: false };
  const [next, effects] = withModel(here, endAfter(here.turn, how));
  return [next, [{ do: 'note-lost' }, ...effects]];
}

function isUnanswered(turn: TurnState): boolean {
  const last = turn.history.at(-1);
  const isOwed = last?.who === 'caller' || last?.who === 'tool' || last?.who === 'note';
  return isOwed && !isSpeaking(turn) && !turn.callerSpeaking;
}
