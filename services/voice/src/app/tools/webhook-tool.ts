import type { ToolDefinition } from '@trunkline/contracts';
import { sleep } from '@trunkline/kernel';
import type { ToolArguments } from '../../domain/tools/internal-actions.js';
import type { ToolHooks } from '../ports/tool-runner.js';
import type { ToolWebhooks, WebhookAnswer, WebhookPoll } from './ports.js';
import type { Done } from './tool-actions.js';

export interface WebhookToolParts {
  readonly webhooks: ToolWebhooks;
  readonly call: { readonly id: string; readonly agent: string };
  readonly signingSecret: string | null;
  readonly budgetMs: number;
  readonly slowAfterMs: number;
  readonly pollMs?: number;
  readonly followMs?: number;
}

export interface WebhookRun {
  readonly definition: Extract<ToolDefinition, { kind: 'webhook' }>;
  readonly args: ToolArguments;
  readonly toolCall: string;
}

/** How often a result is asked for where the other side does not say, and at most for how long. */
const POLL_MS = 1000;
const MAX_POLL_MS = 30_000;
const POLL_LIMIT_MS = 10_000;
const FOLLOW_MS = 600_000;
const IN_PROGRESS = 'This takes longer. Tell the caller so; its result will follow.';

/**
 * Row O16. The caller waits for at most the budget; what takes longer is acknowledged and its
 * result follows. Nothing that was sent is ever called back: the other side may have acted.
 */
export class WebhookTool {
  readonly #parts: WebhookToolParts;

  constructor(parts: WebhookToolParts) {
    this.#parts = parts;
  }

  async run(run: WebhookRun, hooks: ToolHooks): Promise<Done> {
    const { budgetMs, slowAfterMs } = this.#parts;
    const answer = this.#send(run);
    if (run.definition.timeoutMs > slowAfterMs) {
      const quick = await within(answer, slowAfterMs);
      if (quick) return this.#settle(quick, run, hooks);
      hooks.onSlow();
    }
    if (run.definition.timeoutMs <= budgetMs) return this.#settle(await answer, run, hooks);
    const inTime = await within(answer, budgetMs - slowAfterMs);
    if (inTime) return this.#settle(inTime, run, hooks);
    void this.#follow(answer, run, hooks);
    return { outcome: 'acknowledged', text: IN_PROGRESS };
  }

  /** A result that can be asked for later is followed up; any other answer is the result. */
  #settle(answer: WebhookAnswer, run: WebhookRun, hooks: ToolHooks): Done {
    if (answer.kind === 'answered' && answer.poll) {
      void this.#follow(Promise.resolve(answer), run, hooks);
      return { outcome: 'acknowledged', text: answer.text || IN_PROGRESS };
    }
    return doneOf(answer);
  }

  #send({ definition, args, toolCall }: WebhookRun): Promise<WebhookAnswer> {
    const { webhooks, call, signingSecret } = this.#parts;
    const { url, method, name: tool, timeoutMs } = definition;
    const idempotencyKey = `${call.id}:${toolCall}`.slice(0, 255);
    const order = { url, method, tool, arguments: args, call, idempotencyKey, signingSecret };
    return webhooks.send(order, timeoutMs);
  }

  async #follow(sent: Promise<WebhookAnswer>, run: WebhookRun, hooks: ToolHooks): Promise<void> {
    const answer = await sent;
    const last =
      answer.kind === 'answered' && answer.poll
        ? await this.#poll(answer.poll, run, hooks.signal)
        : answer;
    if (last) hooks.onFollowUp(`The result of ${run.definition.name}: ${doneOf(last).text}`);
  }

  /** Until the other side has a result, the call is over, or it has taken too long. */
  async #poll(
    first: WebhookPoll,
    run: WebhookRun,
    signal: AbortSignal,
  ): Promise<WebhookAnswer | undefined> {
    let poll = first;
    let leftMs = this.#parts.followMs ?? FOLLOW_MS;
    while (leftMs > 0) {
      const pauseMs = pauseOf(poll, this.#parts.pollMs ?? POLL_MS);
      await Promise.allSettled([sleep(pauseMs, signal)]);
      if (signal.aborted) return undefined;
      leftMs -= pauseMs;
      const answer = await this.#ask(poll.url, run);
      if (isFinal(answer)) return answer;
      if (answer.kind === 'answered' && answer.poll) poll = answer.poll;
    }
    return { kind: 'timeout' };
  }

  #ask(url: string, { definition, toolCall }: WebhookRun): Promise<WebhookAnswer> {
    const { webhooks, call, signingSecret } = this.#parts;
    const { name: tool } = definition;
    const idempotencyKey = `${call.id}:${toolCall}`.slice(0, 255);
    const about = { tool, arguments: {}, call, idempotencyKey, signingSecret };
    return webhooks.send({ url, method: 'GET', ...about }, POLL_LIMIT_MS);
  }
}

function pauseOf({ afterMs }: WebhookPoll, usualMs: number): number {
  return Math.min(Math.max(afterMs ?? usualMs, usualMs), MAX_POLL_MS);
}

/** Nobody there, or not yet, is asked again; a refusal and a plain error are the result. */
function isFinal(answer: WebhookAnswer): boolean {
  if (answer.kind !== 'answered') return answer.kind === 'refused';
  const { status } = answer;
  return status !== 202 && status !== 429 && status < 500;
}

async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  const stop = new AbortController();
  const limit = sleep(limitMs, stop.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([promise, limit]);
  } finally {
    stop.abort();
  }
}

function doneOf(answer: WebhookAnswer): Done {
  switch (answer.kind) {
    case 'answered':
      return ofStatus(answer.status, answer.text);
    case 'timeout':
      return { outcome: 'timeout', text: 'The tool did not answer in time.' };
    case 'refused':
      return { outcome: 'refused', text: 'This tool may not be called.' };
    case 'unreachable':
      return { outcome: 'failed', text: 'The tool cannot be reached.' };
  }
}

/** 202 without an address: the other side has taken it on, and that is all there is to know. */
function ofStatus(status: number, text: string): Done {
  if (status === 202) return { outcome: 'acknowledged', text: text || 'It is being done.' };
  if (status >= 200 && status < 300) return { outcome: 'done', text: text || 'Done.' };
  return { outcome: 'failed', text: `The tool answered with an error (${status}). ${text}`.trim() };
}
