import { z } from 'zod';
import type { Asked } from '../model/script.js';

const part = z.looseObject({ type: z.string(), text: z.string().optional() });
const content = z.union([z.string(), z.array(part)]).nullish();
const toolCall = z.looseObject({
  id: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }).optional(),
});
const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content,
  tool_calls: z.array(toolCall).nullish(),
  tool_call_id: z.string().optional(),
});
type Message = z.output<typeof message>;

export const chatRequest = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1).max(2048),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  tools: z
    .array(z.looseObject({ function: z.looseObject({ name: z.string() }).optional() }))
    .nullish(),
  tool_choice: z.unknown().optional(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  response_format: z
    .looseObject({
      type: z.enum(['text', 'json_object', 'json_schema']),
      json_schema: z.looseObject({ schema: z.unknown() }).optional(),
    })
    .nullish(),
});
export type ChatRequest = z.output<typeof chatRequest>;

export function askedIn(request: ChatRequest, key: string): Asked {
  const ofRole = (...roles: readonly string[]): readonly string[] =>
    request.messages.filter(({ role }) => roles.includes(role)).map(textOf);
  const users = ofRole('user');
  const afterTool = toolResultIn(request.messages);
  return {
    key,
    system: ofRole('system', 'developer').join('\n'),
    userText: users.at(-1),
    turn: users.length,
    ...(afterTool && { afterTool }),
    toolNames: toolNamesIn(request),
  };
}

export const promptText = (request: ChatRequest): string =>
  request.messages.map((each) => textOf(each)).join('\n');

function toolNamesIn({ tools, tool_choice }: ChatRequest): readonly string[] {
  if (tool_choice === 'none') return [];
  return (tools ?? []).flatMap((tool) => tool.function?.name ?? []);
}

function toolResultIn(messages: readonly Message[]): Asked['afterTool'] {
  const last = messages.at(-1);
  if (last?.role !== 'tool' || last.tool_call_id === undefined) return undefined;
  const callId = last.tool_call_id;
  const calls = messages.flatMap((each) => each.tool_calls ?? []);
  const name = calls.findLast(({ id }) => id === callId)?.function?.name ?? '';
  return { callId, name, result: textOf(last) };
}

function textOf({ content }: Message): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => text ?? '').join('');
}

/** Calls without results, or results nobody asked for: the real one refuses such a history. */
export function historyMistake(messages: readonly Message[]): string | undefined {
  const open = new Set<string>();
  for (const [at, { role, tool_calls, tool_call_id = '' }] of messages.entries()) {
    if (role === 'tool') {
      if (open.delete(tool_call_id)) continue;
      return `Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'. (messages.[${at}].role)`;
    }
    if (open.size > 0) return unanswered(open);
    for (const { id } of tool_calls ?? []) open.add(id);
  }
  return open.size > 0 ? unanswered(open) : undefined;
}

function unanswered(open: ReadonlySet<string>): string {
  return `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`;
}
