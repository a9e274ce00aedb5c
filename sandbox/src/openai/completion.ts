import { randomBytes } from 'node:crypto';
import type {
  ChatCompletion,
  ChatCompletionChunk,
} from 'openai/resources/chat/completions/completions.js';
import type { Decision } from '../model/mind.js';
import { tokenCount, tokensOf } from '../model/tokens.js';
import { promptText, type ChatRequest } from './chat-request.js';

type Delta = ChatCompletionChunk.Choice.Delta;
type FinishReason = 'stop' | 'tool_calls' | 'length';

/** What is answered, cut into the tokens it is streamed by. */
export interface Completion {
  readonly id: string;
  readonly model: string;
  readonly createdAtS: number;
  readonly say: readonly string[];
  readonly tools: readonly {
    readonly id: string;
    readonly name: string;
    readonly pieces: readonly string[];
  }[];
  readonly finish: FinishReason;
  readonly usage: ReturnType<typeof usageOf>;
}

export function completionOf(request: ChatRequest, decision: Decision): Completion {
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Infinity;
  const all = tokensOf(decision.say);
  const isCut = all.length > limit;
  const tools = isCut
    ? []
    : decision.toolCalls.map(({ id, name, argumentsText }) => ({
        id,
        name,
        pieces: tokensOf(argumentsText),
      }));
  const say = isCut ? all.slice(0, limit) : all;
  const completionTokens = say.length + tools.reduce((sum, { pieces }) => sum + pieces.length, 0);
  const whole: FinishReason = tools.length > 0 ? 'tool_calls' : 'stop';
  return {
    id: `chatcmpl-${randomBytes(14).toString('hex')}`,
    model: request.model,
    createdAtS: Math.floor(Date.now() / 1000),
    say,
    tools,
    finish: isCut ? 'length' : whole,
    usage: usageOf(tokenCount(promptText(request)), completionTokens),
  };
}

/** The deltas of a streamed answer, one a token, the first with the role. */
export function* deltasOf({ say, tools }: Completion): Generator<Delta> {
  const content = say.length > 0 || tools.length === 0 ? '' : null;
  yield { role: 'assistant', content, refusal: null };
  for (const content of say) yield { content };
  for (const [index, { id, name, pieces }] of tools.entries()) {
    const opened = { index, id, type: 'function' as const, function: { name, arguments: '' } };
    yield { tool_calls: [opened] };
    for (const piece of pieces) yield { tool_calls: [{ index, function: { arguments: piece } }] };
  }
}

export function chunkFrame(completion: Completion, withUsage: boolean): (delta: Delta) => string {
  const frame = frameFor(completion);
  return (delta) => frame([choice(delta, null)], withUsage ? { usage: null } : {});
}

export function lastFrames(completion: Completion, withUsage: boolean): readonly string[] {
  const frame = frameFor(completion);
  const finish = frame([choice({}, completion.finish)], withUsage ? { usage: null } : {});
  const usage = withUsage ? [frame([], { usage: completion.usage })] : [];
  return [finish, ...usage, 'data: [DONE]\n\n'];
}

export function wholeAnswer(completion: Completion): ChatCompletion {
  const calls = completion.tools.map(({ id, name, pieces }) => ({
    id,
    type: 'function' as const,
    function: { name, arguments: pieces.join('') },
  }));
  const content = completion.say.length > 0 || calls.length === 0 ? completion.say.join('') : null;
  const message = {
    role: 'assistant' as const,
    content,
    refusal: null,
    annotations: [],
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return {
    ...headOf(completion, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: completion.finish }],
    usage: completion.usage,
  };
}

type Frame = (
  choices: ChatCompletionChunk['choices'],
  more: Pick<ChatCompletionChunk, 'usage'>,
) => string;

function frameFor(completion: Completion): Frame {
  const head = headOf(completion, 'chat.completion.chunk');
  return (choices, more) => {
    const chunk = { ...head, choices, ...more } satisfies ChatCompletionChunk;
    return `data: ${JSON.stringify(chunk)}\n\n`;
  };
}

const choice = (delta: Delta, finish: FinishReason | null): ChatCompletionChunk.Choice => ({
  index: 0,
  delta,
  logprobs: null,
  finish_reason: finish,
});

const headOf = <const T extends string>({ id, createdAtS, model }: Completion, object: T) => ({
  id,
  object,
  created: createdAtS,
  model,
  service_tier: 'default' as const,
  system_fingerprint: 'fp_sandbox0001',
});

const usageOf = (promptTokens: number, completionTokens: number) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
});
