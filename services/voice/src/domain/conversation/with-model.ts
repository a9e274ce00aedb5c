import { recentOf } from '../turn/recent.js';
import type { TurnEffect } from '../turn/turn-effect.js';
import { heldBack } from '../turn/transfer.js';
import { nothing, type Step, type TurnState } from '../turn/turn-state.js';
import type {
  ConversationEffect,
  ConversationState,
  ConversationStep,
  NotAsked,
} from './conversation-state.js';

/** From what the rules of every call ask for to what is asked of this model and of our voice. */
export function withModel(
  state: ConversationState,
  step: Step = nothing(state.turn),
  { answersItself } = { answersItself: true },
): ConversationStep {
  const [turn, effects] = heldBack(step);
  const speaking = new Set(turn.speaking.map(({ number }) => number));
  const awaited = state.awaited.filter((number) => speaking.has(number));
  const asked = effects.flatMap((effect) => askedOf(state, effect));
  const isThinking = effects.some((effect) => effect.do === 'think');
  const news = isThinking && !answersItself ? newsFor(turn) : [];
  const history = turn.history === state.turn.history ? turn.history : recentOf(turn.history);
  return [{ ...state, turn: { ...turn, reply: null, history }, awaited }, [...asked, ...news]];
}

function askedOf(state: ConversationState, effect: TurnEffect): ConversationEffect[] {
  if (effect.do === 'cut') {
    const reply = state.replies.find(({ number }) => number === effect.utterance);
    return [reply ? { do: 'interrupt', replyId: reply.id } : effect];
  }
  if (effect.do === 'set-timer' && effect.timer === 'filler') return [];
  return isNotAsked(effect) ? [] : [effect];
}

const notAsked: ReadonlySet<string> = new Set<NotAsked>([
  ...(['think', 'adopt', 'abandon', 'pause', 'resume', 'finalize-hearing'] as const),
]);

function isNotAsked(effect: TurnEffect): effect is Extract<TurnEffect, { readonly do: NotAsked }> {
  return notAsked.has(effect.do);
}

/** A tool's result goes back to the model by itself; keys and notes it has to be told. */
function newsFor({ history }: TurnState): ConversationEffect[] {
  const last = history.at(-1);
  if (last?.who !== 'caller' && last?.who !== 'note') return [];
  return [{ do: 'tell', text: last.text }];
}
