import type { RealtimeResponse } from 'openai/resources/realtime/realtime.js';
import type { Decision, ToolCall } from '../../model/mind.js';
import { Pacer } from '../../model/pacer.js';
import type { Rendered, Renderer } from '../../model/rendered.js';
import { tokenCount, tokensOf } from '../../model/tokens.js';
import type { Conversation, Item } from './conversation.js';
import { newId, type Say } from './server-event.js';
import { soundFormatOf, type AudioFormat } from './session-config.js';

export interface ResponseTiming {
  /** From the order to the first token or sound. */
  readonly firstAudioMs: number;
  readonly tokenMs: number;
  /** How much faster than it sounds speech is made. */
  readonly speed: number;
}

export interface ResponsePorts {
  readonly say: Say;
  readonly conversation: Conversation;
  readonly renderer: Renderer;
  readonly timing: ResponseTiming;
  readonly firstSound: () => void;
  readonly ended: () => void;
  readonly failed: (error: unknown) => void;
}

export interface ResponsePlan {
  readonly decision: Decision;
  readonly modality: 'text' | 'audio';
  readonly format: AudioFormat;
  readonly promptTokens: number;
}

type CancelReason = 'turn_detected' | 'client_cancelled';
type Message = Extract<Item, { role: 'assistant' }>;

/** One answer of the model: a message, then the tools it calls, each event at its time. */
export class ResponseRun {
  readonly id = newId('resp');
  readonly #plan: ResponsePlan;
  readonly #ports: ResponsePorts;
  readonly #pacer: Pacer;
  readonly #output: Item[] = [];
  #firstAtMs = 0;
  #hasSounded = false;
  #hasEnded = false;
  /** What closes the part that is open now, were it cut off here. */
  #closeOpenPart: (() => void) | undefined;

  constructor(plan: ResponsePlan, ports: ResponsePorts) {
    this.#plan = plan;
    this.#ports = ports;
    this.#pacer = new Pacer((error) => ports.failed(error));
  }

  async start(): Promise<void> {
    const { decision, modality, format } = this.#plan;
    const { say, renderer, timing } = this.#ports;
    say({ type: 'response.created', response: this.#shown('in_progress') });
    this.#firstAtMs = performance.now() + (decision.firstTokenMs ?? timing.firstAudioMs);
    const isSpoken = modality === 'audio' && decision.say !== '';
    const sound = isSpoken ? await renderer.render(decision.say, soundFormatOf(format)) : undefined;
    if (this.#hasEnded) return;
    if (decision.say !== '') this.#planMessage(decision.say, sound);
    for (const call of decision.toolCalls) this.#planCall(call);
    this.#at(0, () => this.#finish({ status: 'completed' }));
  }

  cancel(reason: CancelReason): void {
    if (this.#hasEnded) return;
    this.#pacer.clear();
    this.#closeOpenPart?.();
    this.#finish({ status: 'cancelled', status_details: { type: 'cancelled', reason } });
  }

  /** Ends without a word: the caller has gone. */
  abandon(): void {
    this.#hasEnded = true;
    this.#pacer.clear();
  }

  #planMessage(text: string, sound: Rendered | undefined): void {
    const item: Message = {
      id: newId('item'),
      object: 'realtime.item',
      type: 'message',
      role: 'assistant',
      status: 'in_progress',
      content: [],
    };
    this.#at(0, () => this.#openMessage(item, sound !== undefined));
    if (sound) this.#planSound(item, text, sound);
    else this.#planText(item, text);
    this.#at(0, () => {
      this.#closeOpenPart = undefined;
      this.#closeMessage(item, 'completed');
    });
  }

  #openMessage(item: Message, isSpoken: boolean): void {
    this.#openItem(item);
    item.content.push(
      isSpoken ? { type: 'output_audio', transcript: '' } : { type: 'output_text', text: '' },
    );
    const part = isSpoken
      ? { type: 'audio' as const, transcript: '' }
      : { type: 'text' as const, text: '' };
    this.#ports.say({ type: 'response.content_part.added', ...this.#of(item), part });
    this.#closeOpenPart = () => this.#closeMessage(item, 'incomplete');
  }

  /** The text runs a little ahead of its sound, as the real one's does. */
  #planSound(item: Message, text: string, { chunks, durationMs }: Rendered): void {
    const { say, conversation, timing } = this.#ports;
    const tokens = tokensOf(text);
    let said = 0;
    let madeMs = 0;
    for (const chunk of chunks) {
      madeMs += chunk.durationMs;
      const until = Math.ceil((tokens.length * madeMs) / durationMs);
      const delta = tokens.slice(said, until).join('');
      said = until;
      const audioMs = madeMs;
      this.#at(chunk.durationMs / timing.speed, () => {
        this.#sounded();
        this.#append(item, delta);
        if (delta !== '') {
          say({ type: 'response.output_audio_transcript.delta', ...this.#of(item), delta });
        }
        conversation.grewTo(item.id, audioMs);
        say({ type: 'response.output_audio.delta', ...this.#of(item), delta: chunk.data });
      });
    }
  }

  #planText(item: Message, text: string): void {
    for (const delta of tokensOf(text)) {
      this.#at(this.#ports.timing.tokenMs, () => {
        this.#sounded();
        this.#append(item, delta);
        this.#ports.say({ type: 'response.output_text.delta', ...this.#of(item), delta });
      });
    }
  }

  #append(item: Message, delta: string): void {
    const [part] = item.content;
    if (part?.type === 'output_audio') part.transcript = (part.transcript ?? '') + delta;
    else if (part) part.text = (part.text ?? '') + delta;
  }

  #closeMessage(item: Message, status: 'completed' | 'incomplete'): void {
    const { say } = this.#ports;
    const of = this.#of(item);
    const [part] = item.content;
    item.status = status;
    if (part?.type === 'output_audio') {
      const transcript = part.transcript ?? '';
      say({ type: 'response.output_audio.done', ...of });
      say({ type: 'response.output_audio_transcript.done', ...of, transcript });
      say({ type: 'response.content_part.done', ...of, part: { type: 'audio', transcript } });
    } else {
      const text = part?.text ?? '';
      say({ type: 'response.output_text.done', ...of, text });
      say({ type: 'response.content_part.done', ...of, part: { type: 'text', text } });
    }
    this.#itemDone(item);
  }

  #planCall({ id, name, argumentsText }: ToolCall): void {
    const { say, timing } = this.#ports;
    const item: Item & { type: 'function_call' } = {
      id: newId('item'),
      object: 'realtime.item',
      type: 'function_call',
      status: 'in_progress',
      call_id: id,
      name,
      arguments: '',
    };
    const of = () => {
      const { content_index: _, ...rest } = this.#of(item);
      return { ...rest, call_id: id };
    };
    this.#at(0, () => this.#openItem(item));
    for (const delta of tokensOf(argumentsText)) {
      this.#at(timing.tokenMs, () => {
        say({ type: 'response.function_call_arguments.delta', ...of(), delta });
      });
    }
    this.#at(0, () => {
      item.arguments = argumentsText;
      item.status = 'completed';
      const done = { ...of(), name, arguments: argumentsText };
      say({ type: 'response.function_call_arguments.done', ...done });
      this.#itemDone(item);
    });
  }

  #openItem(item: Item): void {
    const index = this.#output.push(item) - 1;
    const { say, conversation } = this.#ports;
    say({
      type: 'response.output_item.added',
      response_id: this.id,
      output_index: index,
      item: structuredClone(item),
    });
    conversation.add(item);
  }

  #itemDone(item: Item): void {
    this.#ports.conversation.done(item);
    this.#ports.say({
      type: 'response.output_item.done',
      response_id: this.id,
      output_index: this.#output.indexOf(item),
      item: structuredClone(item),
    });
  }

  #finish(how: Pick<RealtimeResponse, 'status' | 'status_details'>): void {
    this.#hasEnded = true;
    const { say, ended } = this.#ports;
    say({ type: 'response.done', response: { ...this.#shown(how.status), ...how } });
    say({ type: 'rate_limits.updated', rate_limits: [untouchedLimit] });
    ended();
  }

  #sounded(): void {
    if (!this.#hasSounded) this.#ports.firstSound();
    this.#hasSounded = true;
  }

  #at(paceMs: number, send: () => void): void {
    const notBeforeMs = Math.max(this.#firstAtMs, performance.now());
    if (!this.#pacer.add({ notBeforeMs, paceMs, send })) {
      this.#ports.failed(new RangeError('a longer answer than a response can hold'));
    }
  }

  #of(item: Item) {
    const output_index = this.#output.indexOf(item);
    return { response_id: this.id, item_id: item.id, output_index, content_index: 0 };
  }

  #shown(status: RealtimeResponse['status']): RealtimeResponse {
    const { modality, format, promptTokens, decision } = this.#plan;
    const base = {
      object: 'realtime.response' as const,
      id: this.id,
      output: structuredClone(this.#output),
      output_modalities: [modality],
      audio: { output: { format } },
    };
    if (status === undefined || status === 'in_progress') return { ...base, status: 'in_progress' };
    return { ...base, status, usage: usageOf(promptTokens, decision) };
  }
}

const untouchedLimit = {
  name: 'tokens',
  limit: 250_000,
  remaining: 250_000,
  reset_seconds: 0,
} as const;

function usageOf(
  promptTokens: number,
  { say, toolCalls }: Decision,
): NonNullable<RealtimeResponse['usage']> {
  const text =
    tokenCount(say) + toolCalls.reduce((sum, call) => sum + tokenCount(call.argumentsText), 0);
  return {
    total_tokens: promptTokens + text,
    input_tokens: promptTokens,
    output_tokens: text,
    input_token_details: { text_tokens: promptTokens, audio_tokens: 0, cached_tokens: 0 },
    output_token_details: { text_tokens: text, audio_tokens: 0 },
  };
}
