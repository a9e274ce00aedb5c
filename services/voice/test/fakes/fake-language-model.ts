import { AppError } from '@trunkline/kernel';
import {
  LanguageModel,
  type ReplyOrder,
  type ReplyPart,
} from '../../src/app/ports/language-model.js';
import type { ProviderAccess } from '../../src/app/ports/provider.js';
import type { ModelScript } from '../contracts/language-model.contract.js';

/** A model that does what the test says; when the script is used up it repeats its last line. */
export class FakeLanguageModel extends LanguageModel {
  readonly provider: string;
  readonly orders: ReplyOrder[] = [];
  readonly warmed: ProviderAccess[] = [];
  cutOffs = 0;
  /** Resolves before the first part of each reply: hold it to be slow. */
  gate: (signal: AbortSignal) => Promise<void> = async () => {};
  #script: ModelScript[];

  constructor(provider = 'fake', ...script: ModelScript[]) {
    super();
    this.provider = provider;
    this.#script = script;
  }

  script(...script: ModelScript[]): this {
    this.#script = script;
    return this;
  }

  override async *reply(
    order: ReplyOrder,
    signal: AbortSignal,
  ): AsyncGenerator<ReplyPart, void, undefined> {
    signal.throwIfAborted();
    this.orders.push(order);
    const next = this.#script.length > 1 ? this.#script.shift() : this.#script[0];
    let isWhole = false;
    try {
      await this.gate(signal);
      for await (const part of perform(next ?? { does: 'say', tokens: ['Hello'] }, signal)) {
        signal.throwIfAborted();
        isWhole = part.type === 'end';
        yield part;
      }
      signal.throwIfAborted();
    } finally {
      if (!isWhole) this.cutOffs += 1;
    }
  }

  override warm(access: ProviderAccess): Promise<void> {
    this.warmed.push(access);
    return Promise.resolve();
  }
}

async function* perform(script: ModelScript, signal: AbortSignal): AsyncGenerator<ReplyPart> {
  if (script.does === 'refuse') throw refused(script);
  if (script.does === 'call') {
    const { id, name, args } = script;
    yield { type: 'tool-call-started', id, name };
    yield { type: 'tool-call', id, name, argumentsText: args };
    yield { type: 'usage', promptTokens: 20, completionTokens: 9 };
    yield { type: 'end', reason: 'tool-calls' };
    return;
  }
  for (const text of script.tokens) yield { type: 'text', text };
  if (script.does === 'break-off') throw new AppError('provider.unavailable', { retryable: true });
  if (script.does === 'say-then-hang') await untilAborted(signal);
  yield { type: 'usage', promptTokens: 12, completionTokens: script.tokens.length };
  yield { type: 'end', reason: 'stop' };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const leave = (): void => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}

function refused({ status, retryAfterMs }: Extract<ModelScript, { does: 'refuse' }>): AppError {
  const details = { status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  if (status === 429) return new AppError('provider.rate-limited', { retryable: true, details });
  if (status >= 500) return new AppError('provider.unavailable', { retryable: true, details });
  return new AppError('provider.refused', { details });
}
