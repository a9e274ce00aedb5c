import { randomUUID } from 'node:crypto';
import type { ReplyPart } from '../../app/ports/language-model.js';
import { broken } from '../connections/provider-error.js';
import { refusalOf } from './provider-failure.js';

/** As far as we read it; everything is checked before it is used. */
interface Chunk {
  readonly choices?: readonly Choice[];
  readonly usage?: {
    readonly prompt_tokens?: unknown;
    readonly completion_tokens?: unknown;
  } | null;
  readonly error?: { readonly code?: unknown; readonly type?: unknown } | null;
}

interface Choice {
  readonly delta?: {
    readonly content?: unknown;
    readonly refusal?: unknown;
    readonly tool_calls?: readonly ToolDelta[];
  } | null;
  readonly finish_reason?: unknown;
}

interface ToolDelta {
  readonly index?: number;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null };
}

interface OpenCall {
  id: string;
  name: string;
  argumentsText: string;
}

type EndReason = Extract<ReplyPart, { type: 'end' }>['reason'];

const endReasons: Readonly<Record<string, EndReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'filtered',
};

const MAX_TOOL_CALLS = 32;

/** Chunks in, parts out: tool calls come in pieces and leave whole. */
export class CompletionReader {
  readonly #provider: string;
  readonly #calls: OpenCall[] = [];
  #reason: EndReason | undefined;

  constructor(provider: string) {
    this.#provider = provider;
  }

  read(data: string): ReplyPart[] {
    const chunk = this.#parse(data);
    if (chunk.error) throw this.#failed(chunk.error);
    const parts: ReplyPart[] = [];
    const choice = chunk.choices?.[0];
    if (choice) this.#readChoice(choice, parts);
    if (chunk.usage) parts.push(usagePart(chunk.usage));
    return parts;
  }

  /** After the last chunk; `undefined`: it broke off in the middle. */
  end(): ReplyPart | undefined {
    return this.#reason && { type: 'end', reason: this.#reason };
  }

  #parse(data: string): Chunk {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      throw this.#broken('a chunk that is not JSON');
    }
    if (typeof value !== 'object' || value === null) throw this.#broken('an odd chunk');
    return value;
  }

  #readChoice({ delta, finish_reason: reason }: Choice, parts: ReplyPart[]): void {
    const text = delta?.content ?? delta?.refusal;
    if (typeof text === 'string' && text !== '') parts.push({ type: 'text', text });
    for (const piece of delta?.tool_calls ?? []) this.#gather(piece, parts);
    if (typeof reason === 'string') this.#finish(reason, parts);
  }

  #gather(delta: ToolDelta, parts: ReplyPart[]): void {
    const index = delta.index ?? this.#calls.length;
    if (!(index >= 0 && index < MAX_TOOL_CALLS)) throw this.#broken('odd tool calls');
    const known = this.#calls[index];
    const call = known ?? { id: '', name: '', argumentsText: '' };
    extend(call, delta);
    if (known) return;
    // Some servers give none; whoever carries it out once needs one that is like no other.
    call.id ||= `call_${randomUUID()}`;
    this.#calls[index] = call;
    parts.push({ type: 'tool-call-started', id: call.id, name: call.name });
  }

  #finish(reason: string, parts: ReplyPart[]): void {
    // Some servers say `stop` although they call a tool.
    const calls = this.#calls.filter((call) => call !== undefined);
    this.#reason = calls.length > 0 ? 'tool-calls' : (endReasons[reason] ?? 'stop');
    if (reason === 'length') this.#reason = 'length';
    for (const call of calls) {
      parts.push({ type: 'tool-call', ...call });
    }
    this.#calls.length = 0;
  }

  #failed(error: NonNullable<Chunk['error']>): Error {
    const reason = word(error.code) ?? word(error.type);
    const status = reason?.includes('rate_limit') ? 429 : 500;
    return refusalOf({ provider: this.#provider, status, vendorCode: reason });
  }

  #broken(what: string): Error {
    return broken(this.#provider, new Error(what));
  }
}

function extend(call: OpenCall, { id, function: called }: ToolDelta): void {
  call.id ||= id ?? '';
  call.name ||= called?.name ?? '';
  call.argumentsText += called?.arguments ?? '';
}

function usagePart(usage: NonNullable<Chunk['usage']>): ReplyPart {
  const { prompt_tokens: prompt, completion_tokens: completion } = usage;
  return { type: 'usage', promptTokens: count(prompt), completionTokens: count(completion) };
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;
}

/** A vendor's code, never its sentence: those may hold a part of the key or of the prompt. */
export function word(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z][a-z0-9_.-]{0,63}$/i.test(value) ? value : undefined;
}
