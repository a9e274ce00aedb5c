import { randomBytes } from 'node:crypto';
import { defaultAnswer } from './default-answer.js';
import { fits, ruleFor, type Answer, type Asked, type Script, type ToolUse } from './script.js';

const MAX_SCRIPTS = 500;
const MAX_OPEN_CALLS = 10_000;

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
}

export interface Decision {
  readonly say: string;
  readonly toolCalls: readonly ToolCall[];
  readonly firstTokenMs?: number;
}

/** What the stand-ins' models think: the scripts they were given, else the polite default. */
export class Mind {
  /** Newest first; beyond its capacity the oldest is forgotten. */
  #scripts: readonly Script[] = [];
  /** What to say once a tool call's result is in; the oldest is forgotten first. */
  readonly #afterCalls = new Map<string, Answer>();

  learn(script: Script): void {
    this.#scripts = [script, ...this.#scripts].slice(0, MAX_SCRIPTS);
  }

  /** All, or the scripts of one key. */
  forget(key?: string): void {
    if (key !== undefined) {
      this.#scripts = this.#scripts.filter(({ match }) => match.key !== key);
      return;
    }
    this.#scripts = [];
    this.#afterCalls.clear();
  }

  /** `orElse`: what a question in a particular form is answered with when no script fits. */
  decide(asked: Asked, orElse: () => string | undefined = () => undefined): Decision {
    const answer = this.#scripted(asked) ?? formed(orElse()) ?? defaultAnswer(asked);
    const toolCalls = [answer.tool ?? []].flat().map((use) => this.#call(use, answer.then));
    const { firstTokenMs } = answer;
    return {
      say: filled(answer.say ?? '', asked),
      toolCalls,
      ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
    };
  }

  #scripted(asked: Asked): Answer | undefined {
    const continued = this.#afterCalls.get(asked.afterTool?.callId ?? '');
    if (continued) return continued;
    for (const script of this.#scripts) {
      const rule = fits(script, asked) ? ruleFor(script, asked) : undefined;
      if (rule) return rule;
    }
    return undefined;
  }

  #call(use: ToolUse, then: Answer | undefined): ToolCall {
    const id = `call_${randomBytes(12).toString('hex')}`;
    if (then) this.#remember(id, then);
    const text = typeof use.arguments === 'string' ? use.arguments : JSON.stringify(use.arguments);
    return { id, name: use.name, argumentsText: text };
  }

  #remember(callId: string, then: Answer): void {
    this.#afterCalls.set(callId, then);
    const [oldest] = this.#afterCalls.keys();
    if (this.#afterCalls.size > MAX_OPEN_CALLS && oldest) this.#afterCalls.delete(oldest);
  }
}

const formed = (say: string | undefined): Answer | undefined =>
  say === undefined ? undefined : { say };

function filled(text: string, asked: Asked): string {
  return text
    .replaceAll('{{user}}', () => asked.userText?.trim() ?? '')
    .replaceAll('{{result}}', () => asked.afterTool?.result ?? '');
}
