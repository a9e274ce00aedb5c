import type { ToolDefinition } from '@trunkline/contracts';
import { sleep } from '@trunkline/kernel';
import type { ToolArguments } from '../../domain/tools/internal-actions.js';
import type { ToolHooks } from '../ports/tool-runner.js';
import type { ToolWebhooks, WebhookAnswer } from './ports.js';
import type { Done } from './tool-actions.js';

export interface WebhookToolParts {
  readonly webhooks: ToolWebhooks;
  readonly call: { readonly id: string; readonly agent: string };
  readonly signingSecret: string | null;
  readonly budgetMs: number;
  readonly slowAfterMs: number;
}

export interface WebhookRun {
  readonly definition: Extract<ToolDefinition, { kind: 'webhook' }>;
  readonly args: ToolArguments;
  readonly toolCall: string;
}

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
      if (quick) return doneOf(quick);
      hooks.onSlow();
    }
    if (run.definition.timeoutMs <= budgetMs) return doneOf(await answer);
    const inTime = await within(answer, budgetMs - slowAfterMs);
    if (inTime) return doneOf(inTime);
    void this.#follow(answer, run, hooks);
    return { outcome: 'acknowledged', text: IN_PROGRESS };
  }

  #send({ definition, args, toolCall }: WebhookRun): Promise<WebhookAnswer> {
    const { webhooks, call, signingSecret } = this.#parts;
    const { url, method, name: tool, timeoutMs } = definition;
    const idempotencyKey = `${call.id}:${toolCall}`.slice(0, 255);
    const order = { url, method, tool, arguments: args, call, idempotencyKey, signingSecret };
    return webhooks.send(order, timeoutMs);
  }

  async #follow(
    answer: Promise<WebhookAnswer>,
    { definition }: WebhookRun,
    hooks: ToolHooks,
  ): Promise<void> {
    const { text } = doneOf(await answer);
    hooks.onFollowUp(`The result of ${definition.name}: ${text}`);
  }
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

/** 202: the other side has taken it on, and that is all there is to know. */
function ofStatus(status: number, text: string): Done {
  if (status === 202) return { outcome: 'acknowledged', text: text || 'It is being done.' };
  if (status >= 200 && status < 300) return { outcome: 'done', text: text || 'Done.' };
  return { outcome: 'failed', text: `The tool answered with an error (${status}). ${text}`.trim() };
}
