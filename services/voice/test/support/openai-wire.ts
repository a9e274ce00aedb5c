/** What OpenAI sends, as its reference prints it. */

const head = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'gpt-4o-mini',
};

export function delta(fields: object, finishReason: string | null = null): object {
  return { ...head, choices: [{ index: 0, delta: fields, finish_reason: finishReason }] };
}

export function usage(promptTokens: number, completionTokens: number): object {
  const total = promptTokens + completionTokens;
  const counts = { prompt_tokens: promptTokens, completion_tokens: completionTokens };
  return { ...head, choices: [], usage: { ...counts, total_tokens: total } };
}

export function textReply(...tokens: string[]): unknown[] {
  return [
    delta({ role: 'assistant', content: '' }),
    ...tokens.map((content) => delta({ content })),
    delta({}, 'stop'),
    usage(12, tokens.length),
    '[DONE]',
  ];
}

/** The arguments come in pieces of four characters. */
export function toolReply(id: string, name: string, argumentsText: string): unknown[] {
  const pieces = argumentsText.match(/.{1,4}/gs) ?? [];
  return [
    delta({
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, id, type: 'function', function: { name, arguments: '' } }],
    }),
    ...pieces.map((text) => delta({ tool_calls: [{ index: 0, function: { arguments: text } }] })),
    delta({}, 'tool_calls'),
    usage(20, 9),
    '[DONE]',
  ];
}
