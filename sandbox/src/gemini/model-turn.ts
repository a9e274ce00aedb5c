import type { Decision } from '../model/mind.js';
import { Pacer } from '../model/pacer.js';
import type { Rendered } from '../model/rendered.js';
import { tokenCount, tokensOf } from '../model/tokens.js';
import type { ServerMessage } from './server-message.js';
import type { GeminiSettings } from './settings.js';

const AUDIO_TYPE = 'audio/pcm;rate=24000';

export interface TurnPlan {
  readonly decision: Decision;
  /** Left out: the answer is text. */
  readonly sound?: Rendered | undefined;
  readonly withTranscription: boolean;
  readonly promptTokens: number;
  readonly settings: GeminiSettings;
  readonly firstAtMs: number;
}

export interface TurnPorts {
  readonly say: (message: ServerMessage) => void;
  readonly firstSound: () => void;
  readonly ended: () => void;
  readonly failed: (error: unknown) => void;
}

/** One answer: what is said, then the tools it wants called. */
export class ModelTurn {
  readonly #plan: TurnPlan;
  readonly #ports: TurnPorts;
  readonly #pacer: Pacer;
  #hasSounded = false;

  constructor(plan: TurnPlan, ports: TurnPorts) {
    this.#plan = plan;
    this.#ports = ports;
    this.#pacer = new Pacer((error) => ports.failed(error));
  }

  start(): void {
    const { decision, sound, firstAtMs } = this.#plan;
    const { say, ended } = this.#ports;
    if (sound) this.#planSound(decision.say, sound);
    else this.#planText(decision.say);
    const functionCalls = decision.toolCalls.map(({ id, name, argumentsText }) => ({
      id,
      name,
      args: argumentsIn(argumentsText),
    }));
    if (functionCalls.length > 0) {
      this.#at(firstAtMs, 0, () => say({ toolCall: { functionCalls } }));
      this.#at(0, 0, ended);
      return;
    }
    this.#at(0, 0, () => say({ serverContent: { generationComplete: true } }));
    // The real one reckons with the caller hearing it to the end before the turn is complete.
    this.#at(firstAtMs + (sound?.durationMs ?? 0), 0, () => {
      say({ serverContent: { turnComplete: true }, usageMetadata: this.#usage() });
      ended();
    });
  }

  /** The caller spoke over it. */
  interrupt(): void {
    this.stop();
    this.#ports.say({ serverContent: { interrupted: true } });
    this.#ports.say({ serverContent: { turnComplete: true }, usageMetadata: this.#usage() });
  }

  stop(): void {
    this.#pacer.clear();
  }

  #planSound(text: string, { chunks, durationMs }: Rendered): void {
    const { settings, withTranscription } = this.#plan;
    const tokens = tokensOf(text);
    let said = 0;
    let madeMs = 0;
    for (const chunk of chunks) {
      madeMs += chunk.durationMs;
      const until = Math.ceil((tokens.length * madeMs) / durationMs);
      const delta = tokens.slice(said, until).join('');
      said = until;
      this.#at(this.#plan.firstAtMs, chunk.durationMs / settings.speed, () => {
        this.#sounded();
        const inlineData = { mimeType: AUDIO_TYPE, data: chunk.data };
        this.#ports.say({ serverContent: { modelTurn: { parts: [{ inlineData }] } } });
        if (!withTranscription || delta === '') return;
        this.#ports.say({ serverContent: { outputTranscription: { text: delta } } });
      });
    }
  }

  #planText(text: string): void {
    for (const token of tokensOf(text)) {
      this.#at(this.#plan.firstAtMs, this.#plan.settings.tokenMs, () => {
        this.#sounded();
        this.#ports.say({ serverContent: { modelTurn: { parts: [{ text: token }] } } });
      });
    }
  }

  #sounded(): void {
    if (!this.#hasSounded) this.#ports.firstSound();
    this.#hasSounded = true;
  }

  #at(notBeforeMs: number, paceMs: number, send: () => void): void {
    const isAdded = this.#pacer.add({ notBeforeMs, paceMs, send });
    if (!isAdded) this.#ports.failed(new RangeError('a longer answer than a turn can hold'));
  }

  #usage(): NonNullable<ServerMessage['usageMetadata']> {
    const { promptTokens, decision } = this.#plan;
    const responseTokenCount = tokenCount(decision.say);
    const totalTokenCount = promptTokens + responseTokenCount;
    return { promptTokenCount: promptTokens, responseTokenCount, totalTokenCount };
  }
}

function argumentsIn(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
