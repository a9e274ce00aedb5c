import { carryOn, payAnswer } from './carry-on.js';
import { endAfter } from './speech.js';
import type { ToolCall } from '../chat.js';
import { wishTransfer } from './transfer.js';
import type { ToolResult } from './turn-input.js';
import type { TurnRules } from './turn-rules.js';
import { chain, isSpeaking, nothing, type Step, type TurnState } from './turn-state.js';

export interface AskedTools {
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

/** Sent once and never taken back: whatever the caller does next, the results come. */
export function runTools(state: TurnState, { calls }: AskedTools): Step {
  const openTools = [...state.openTools, ...calls.map(({ id }) => id)];
  const history = [...state.history, { who: 'agent', text: '', tools: calls } as const];
  return [{ ...state, openTools, history }, [{ do: 'run-tools', calls }]];
}

export function askedTools(state: TurnState, reply: number, asked: AskedTools): Step {
  if (state.reply?.number !== reply) return nothing(state);
  if (state.reply.eager) return nothing({ ...state, reply: { ...state.reply, tools: asked } });
  return runTools(state, asked);
}

export function toolReturned(state: TurnState, rules: TurnRules, result: ToolResult): Step {
  if (!state.openTools.includes(result.toolCall)) return nothing(state);
  const openTools = state.openTools.filter((open) => open !== result.toolCall);
  const { toolCall, text } = result;
  const history = [...state.history, { who: 'tool', toolCall, text } as const];
  const [acted, effects] = act({ ...state, openTools, history }, rules, result);
  if (openTools.length > 0 || acted.ending || acted.transferring || acted.over) {
    return [acted, effects];
  }
  return chain(
    acted,
    (next) => [next, effects],
    (next) => carryOn(next, rules),
  );
}

function act(state: TurnState, rules: TurnRules, { action }: ToolResult): Step {
  switch (action?.kind) {
    case undefined:
      return nothing(state);
    case 'hang-up':
      return hangUp(state, rules);
    case 'send-dtmf':
      return [state, [{ do: 'send-digits', digits: action.digits }]];
    case 'transfer':
      return wishTransfer(state, rules, action);
  }
}

/** After the words that are on their way; a silent agent says goodbye first. */
function hangUp(state: TurnState, rules: TurnRules): Step {
  const words = isSpeaking(state) ? null : rules.phrases.goodbye;
  return endAfter(state, { reason: 'agent_hangup', side: 'agent', words, gently: true });
}

/** A long tool that was acknowledged has come back after all. */
export function followUp(state: TurnState, rules: TurnRules, text: string): Step {
  const history = [...state.history, { who: 'note', text } as const];
  const owing = { ...state, history, owesAnswer: true };
  return isSpeaking(state) ? nothing(owing) : payAnswer(owing, rules);
}
