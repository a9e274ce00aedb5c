import type { ChatMessage } from '../chat.js';
import { recentOf } from './recent.js';
import type { Line, TurnState } from './turn-state.js';

const PENDING = 'This is still in progress; its result will follow.';

/** The conversation as a model has to be told it: every asked tool directly before its answer. */
export function messagesOf(state: TurnState, systemText: string): ChatMessage[] {
  const answers = new Map(
    state.history.flatMap((line) =>
      line.who === 'tool' ? [[line.toolCall, line.text] as const] : [],
    ),
  );
  const said = recentOf(state.history).flatMap((line) => messageOf(line, answers));
  const eager = state.reply?.eager ? [{ role: 'user', text: state.reply.to } as const] : [];
  return [{ role: 'system', text: systemText }, ...said, ...eager];
}

function messageOf(line: Line, answers: ReadonlyMap<string, string>): ChatMessage[] {
  switch (line.who) {
    case 'caller':
      return [{ role: 'user', text: line.text }];
    case 'note':
      return [{ role: 'system', text: line.text }];
    case 'tool':
      return [];
    case 'agent':
      if (line.tools.length === 0) return [{ role: 'assistant', text: line.text }];
      return [
        { role: 'assistant', text: line.text, toolCalls: line.tools },
        ...line.tools.map(({ id }) => ({
          role: 'tool' as const,
          callId: id,
          text: answers.get(id) ?? PENDING,
        })),
      ];
  }
}
