import type { ToolCall } from '../../domain/chat.js';
import { estimatedTokens } from '../../domain/cost.js';
import type { ChatMessage, LanguageModel, ReplyOrder, Usage } from '../ports/index.js';
import type { Mouth, Sentence } from './mouth.js';

export interface MindParts {
  readonly model: LanguageModel;
  readonly mouth: Mouth;
  /** Everything of an order but the conversation. */
  readonly order: Omit<ReplyOrder, 'messages'>;
  readonly nowMs: () => number;
  readonly tell: (event: MindEvent) => void;
  readonly signal: AbortSignal;
}

export type MindEvent =
  | { readonly type: 'asked-tools'; readonly reply: Reply; readonly calls: readonly ToolCall[] }
  | { readonly type: 'speaks'; readonly reply: Reply }
  | { readonly type: 'ended'; readonly reply: Reply }
  /** Nothing more is thought of it: what it used is known, or estimated. */
  | { readonly type: 'used'; readonly reply: Reply }
  | { readonly type: 'failed'; readonly reply: Reply; readonly error: unknown };

/** One answer being thought, and what is known of it for the log. */
export interface Reply {
  readonly number: number;
  readonly eager: boolean;
  /** Whether its words may be heard. */
  isAdopted: boolean;
  readonly askedAtMs: number;
  firstTokenAtMs: number | null;
  /** As the vendor told it; an estimate where the answer was broken off before that. */
  usage: Usage;
  /** What went out and what came back, for the estimate. */
  readonly asked: { readonly promptCharacters: number; completionCharacters: number };
  /** Its words have a place in the mouth. */
  hasSpoken: boolean;
  readonly stop: AbortController;
}

const noUsage: Usage = { promptTokens: 0, completionTokens: 0 };

/** Thinks one answer at a time and gives its words to the mouth while they come. */
export class Mind {
  readonly #parts: MindParts;
  readonly #replies = new Map<number, Reply>();

  constructor(parts: MindParts) {
    this.#parts = parts;
  }

  think(number: number, eager: boolean, messages: readonly ChatMessage[]): void {
    const reply: Reply = {
      ...{ number, eager, askedAtMs: this.#parts.nowMs(), firstTokenAtMs: null },
      ...{ isAdopted: !eager, usage: noUsage, hasSpoken: false, stop: new AbortController() },
      asked: { promptCharacters: charactersIn(messages), completionCharacters: 0 },
    };
    this.#replies.set(number, reply);
    void this.#run(reply, messages);
  }

  replyOf(number: number): Reply | undefined {
    return this.#replies.get(number);
  }

  adopt(number: number): void {
    const reply = this.#replies.get(number);
    if (reply) reply.isAdopted = true;
    this.#parts.mouth.release(number);
  }

  abandon(number: number): void {
    this.giveUp(number);
    this.#replies.get(number)?.stop.abort();
    this.#parts.mouth.cut(number);
  }

  /** Its words are cut off: what it used so far is all there will be. */
  giveUp(number: number): void {
    const reply = this.#replies.get(number);
    if (reply) estimate(reply);
  }

  forget(number: number): void {
    this.#replies.delete(number);
  }

  /** Of what is still being thought it is told now what it used. */
  close(): void {
    for (const reply of [...this.#replies.values()]) {
      estimate(reply);
      this.#parts.tell({ type: 'used', reply });
    }
  }

  async #run(reply: Reply, messages: readonly ChatMessage[]): Promise<void> {
    const signal = AbortSignal.any([this.#parts.signal, reply.stop.signal]);
    try {
      const calls = await this.#speak(reply, messages, signal);
      if (signal.aborted) return;
      if (calls.length > 0) this.#parts.tell({ type: 'asked-tools', reply, calls });
      this.#parts.tell({ type: 'ended', reply });
    } catch (error) {
      // Somebody who never answered has nothing to charge.
      if (reply.firstTokenAtMs !== null) estimate(reply);
      if (!signal.aborted) this.#parts.tell({ type: 'failed', reply, error });
    } finally {
      this.#parts.tell({ type: 'used', reply });
    }
  }

  async #speak(
    reply: Reply,
    messages: readonly ChatMessage[],
    signal: AbortSignal,
  ): Promise<ToolCall[]> {
    const { model, order, nowMs } = this.#parts;
    const calls: ToolCall[] = [];
    let sentence: Sentence | undefined;
    try {
      for await (const part of model.reply({ ...order, messages }, signal)) {
        // Its place in the mouth is gone already: a word more would never be cut.
        if (signal.aborted) break;
        if (part.type === 'text') {
          reply.firstTokenAtMs ??= nowMs();
          reply.asked.completionCharacters += part.text.length;
          sentence ??= this.#open(reply);
          await sentence.say(part.text);
        } else if (part.type === 'tool-call') {
          reply.asked.completionCharacters += part.argumentsText.length;
          calls.push(part);
        } else if (part.type === 'usage') reply.usage = part;
      }
    } finally {
      // Also the words of an answer that broke off are spoken to their end.
      if (!signal.aborted) await sentence?.end();
    }
    return calls;
  }

  #open(reply: Reply): Sentence {
    const { number, isAdopted } = reply;
    reply.hasSpoken = true;
    this.#parts.tell({ type: 'speaks', reply });
    return this.#parts.mouth.begin(number, { kind: 'reply', isHeld: !isAdopted });
  }
}

/** A vendor tells what an answer used at its end, which an abort never reaches. */
function estimate(reply: Reply): void {
  if (reply.usage !== noUsage) return;
  const { promptCharacters, completionCharacters } = reply.asked;
  reply.usage = {
    promptTokens: estimatedTokens(promptCharacters),
    completionTokens: estimatedTokens(completionCharacters),
  };
}

function charactersIn(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { text }) => sum + text.length, 0);
}
