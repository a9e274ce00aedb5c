import type { AgentConfig, ToolDefinition } from '@trunkline/contracts';
import { isAppError, type Clock } from '@trunkline/kernel';
import type { ToolCall } from '../../domain/chat.js';
import { argumentProblem } from '../../domain/tools/argument-problem.js';
import { parametersOf, type ToolArguments } from '../../domain/tools/internal-actions.js';
import { monotonicClock } from '../failover/monotonic-clock.js';
import type { ToolSpec } from '../ports/language-model.js';
import type { ToolHooks, ToolOutcome, ToolRunner } from '../ports/tool-runner.js';
import type { KnowledgeSource, ToolWebhooks } from './ports.js';
import { failed, toolActions, type Done } from './tool-actions.js';
import { WebhookTool } from './webhook-tool.js';

export interface ToolBeltParts {
  /** Pinned by the agent version: the whole of what may run. */
  readonly tools: readonly { readonly definition: ToolDefinition }[];
  readonly transfers: AgentConfig['transfers'];
  readonly call: { readonly id: string; readonly agent: string };
  readonly webhooks: ToolWebhooks;
  readonly signingSecret: string | null;
  readonly knowledge: KnowledgeSource | null;
  readonly clock?: Clock;
  /** Row O16: what a caller waits for; a filler before it, an acknowledgement after it. */
  readonly budgetMs?: number;
  readonly slowAfterMs?: number;
  /** Of a result that is asked for later. */
  readonly pollMs?: number;
  readonly followMs?: number;
}

const MAX_ARGUMENT_CHARACTERS = 16_384;
const MAX_RESULT_CHARACTERS = 8000;
/** A model that calls tools without an end costs the tenant money and the caller patience. */
const MAX_RUNS = 200;
const MAX_OPEN_RUNS = 8;

/** The tools of one call. Row S5: what its agent version does not pin is refused. */
export class ToolBelt implements ToolRunner {
  readonly specs: readonly ToolSpec[];
  readonly #parts: ToolBeltParts;
  readonly #clock: Clock;
  readonly #webhook: WebhookTool;
  readonly #runs = new Map<string, Promise<ToolOutcome>>();
  #openRuns = 0;

  constructor(parts: ToolBeltParts) {
    const { webhooks, call, signingSecret, budgetMs = 2000, slowAfterMs = 1500 } = parts;
    const { pollMs, followMs } = parts;
    this.#parts = parts;
    this.#clock = parts.clock ?? monotonicClock;
    this.#webhook = new WebhookTool({
      ...{ webhooks, call, signingSecret, budgetMs, slowAfterMs },
      ...(pollMs !== undefined && { pollMs }),
      ...(followMs !== undefined && { followMs }),
    });
    this.specs = parts.tools.map(({ definition }) => ({
      name: definition.name,
      description: definition.description,
      parameters: parametersOf(definition),
    }));
  }

  /** The same wish is carried out once, however often it is told. */
  run(call: ToolCall, hooks: ToolHooks): Promise<ToolOutcome> {
    const known = this.#runs.get(call.id);
    if (known) return known;
    const run = this.#run(call, hooks);
    this.#runs.set(call.id, run);
    return run;
  }

  async #run(call: ToolCall, hooks: ToolHooks): Promise<ToolOutcome> {
    const startedMs = this.#clock.nowMs();
    const done = await this.#attempt(call, hooks);
    const { text, action = null, ...rest } = done;
    const result = { toolCall: call.id, tool: call.name, text: shortened(text), action };
    return { ...rest, result, tookMs: Math.max(0, this.#clock.nowMs() - startedMs) };
  }

  async #attempt(call: ToolCall, hooks: ToolHooks): Promise<Done> {
    const definition = this.#parts.tools.find((one) => one.definition.name === call.name);
    if (!definition) return refused('You have no such tool.');
    if (this.#runs.size > MAX_RUNS || this.#openRuns >= MAX_OPEN_RUNS) {
      return refused('Too many tool calls. Go on without this one.');
    }
    this.#openRuns += 1;
    try {
      return await this.#perform(definition.definition, call, hooks);
    } catch (error) {
      return { outcome: isTimeout(error) ? 'timeout' : 'failed', text: 'The tool did not work.' };
    } finally {
      this.#openRuns -= 1;
    }
  }

  #perform(definition: ToolDefinition, call: ToolCall, hooks: ToolHooks): Done | Promise<Done> {
    const args = argumentsIn(call.argumentsText);
    if (!args) return failed('The arguments are not a JSON object.');
    const problem = argumentProblem(parametersOf(definition), args);
    if (problem !== undefined) return failed(`The arguments are wrong: ${problem}.`);
    if (definition.kind === 'internal') return toolActions[definition.action](args, this.#parts);
    return this.#webhook.run({ definition, args, toolCall: call.id }, hooks);
  }
}

/** Some models leave the arguments out when there are none. */
function argumentsIn(text: string): ToolArguments | undefined {
  if (text.trim() === '') return {};
  if (text.length > MAX_ARGUMENT_CHARACTERS) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as ToolArguments) : undefined;
  } catch {
    return undefined;
  }
}

function refused(text: string): Done {
  return { outcome: 'refused', text };
}

function isTimeout(error: unknown): boolean {
  return isAppError(error) && error.code.endsWith('.timeout');
}

export function shortened(text: string): string {
  if (text.length <= MAX_RESULT_CHARACTERS) return text;
  return `${text.slice(0, MAX_RESULT_CHARACTERS)} … (cut)`;
}
