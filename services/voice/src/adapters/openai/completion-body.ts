import type { ChatMessage, ReplyOrder, ToolSpec } from '../../app/ports/language-model.js';

/** Reasoning models renamed one field and refuse the other. */
const reasoning = /^(?:o\d|gpt-5)/;

export function completionBody(order: ReplyOrder): Record<string, unknown> {
  const { model, temperature, maxTokens, messages, tools } = order;
  const limits = reasoning.test(model)
    ? { max_completion_tokens: maxTokens }
    : { temperature, max_tokens: maxTokens };
  return {
    model,
    ...limits,
    messages: messages.map(wireMessage),
    ...(tools.length > 0 && { tools: tools.map(wireTool) }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

function wireTool({ name, description, parameters }: ToolSpec): Record<string, unknown> {
  return { type: 'function', function: { name, description, parameters } };
}

function wireMessage(message: ChatMessage): Record<string, unknown> {
  if (message.role === 'tool') {
    return { role: 'tool', tool_call_id: message.callId, content: message.text };
  }
  const { role, text } = message;
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  if (calls.length === 0) return { role, content: text };
  return {
    role,
    content: text === '' ? null : text,
    tool_calls: calls.map(({ id, name, argumentsText }) => ({
      id,
      type: 'function',
      function: { name, arguments: argumentsText },
    })),
  };
}
