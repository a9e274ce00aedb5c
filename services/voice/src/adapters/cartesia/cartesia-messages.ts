import type { AppError } from '@trunkline/kernel';
import { z } from 'zod';
import { voiceById } from '@trunkline/contracts';
import type { AudioFormat, SpeakingOrder, Word } from '../../app/ports/index.js';
import { parseJson } from '../connections/parse-json.js';
import { errorOfStatus } from '../connections/provider-error.js';

const vendorEncodings = { mulaw: 'pcm_mulaw', alaw: 'pcm_alaw', pcm16le: 'pcm_s16le' } as const;

/**
 * How long the vendor may hold text for want of more before it speaks what it has. It speaks
 * whole sentences at once by itself, and the first clause because we flush it (FirstWords): this
 * only matters when the language model pauses within a sentence. Its own default of 3 s would be
 * dead air then; 0 would have it speak every token by itself, with the melody of none.
 */
export const MAX_BUFFER_DELAY_MS = 400;

export type CartesiaMessage =
  | { readonly type: 'sound'; readonly contextId: string; readonly base64: string }
  | { readonly type: 'words'; readonly contextId: string; readonly words: readonly Word[] }
  | { readonly type: 'done'; readonly contextId: string }
  /** Without a context it is about the whole connection. */
  | { readonly type: 'error'; readonly contextId: string | undefined; readonly error: AppError }
  | { readonly type: 'other' };

const times = z.looseObject({
  words: z.array(z.string()),
  start: z.array(z.number()),
  end: z.array(z.number()),
});
const message = z.looseObject({
  type: z.string(),
  context_id: z.string().optional(),
  data: z.string().optional(),
  word_timestamps: times.nullish(),
  status_code: z.number().optional(),
  error_code: z.string().nullish(),
});
type Message = z.output<typeof message>;

/** `undefined`: nobody can read it. */
export function readMessage(text: string): CartesiaMessage | undefined {
  const parsed = message.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { type, context_id: contextId, data, word_timestamps: timestamps } = parsed.data;
  if (type === 'error') return { type, contextId, error: errorOf(parsed.data) };
  if (contextId === undefined) return { type: 'other' };
  if (type === 'chunk' && data !== undefined) return { type: 'sound', contextId, base64: data };
  if (type === 'timestamps' && timestamps) {
    return { type: 'words', contextId, words: wordsOf(timestamps) };
  }
  return type === 'done' ? { type, contextId } : { type: 'other' };
}

function errorOf({ status_code: status = 500, error_code: code }: Message): AppError {
  return errorOfStatus({
    provider: 'cartesia',
    status,
    vendorCode: code === undefined || code === null ? undefined : code.slice(0, 60),
  });
}

function wordsOf({ words, start, end }: z.output<typeof times>): readonly Word[] {
  return words.map((text, n) => ({
    text,
    startMs: Math.round((start[n] ?? 0) * 1000),
    endMs: Math.round((end[n] ?? start[n] ?? 0) * 1000),
  }));
}

/** What one context says to the vendor; all of it but the text is written once. */
export class ContextScript {
  readonly #head: string;
  readonly #cancel: string;

  constructor(contextId: string, order: SpeakingOrder) {
    const generation = { context_id: contextId, ...generationOf(order) };
    this.#head = JSON.stringify(generation).slice(0, -1);
    this.#cancel = JSON.stringify({ context_id: contextId, cancel: true });
  }

  text(transcript: string, { flush }: { readonly flush: boolean }): string {
    const tail = flush ? ',"continue":true,"flush":true}' : ',"continue":true}';
    return `${this.#head},"transcript":${JSON.stringify(transcript)}${tail}`;
  }

  end(): string {
    return `${this.#head},"transcript":"","continue":false}`;
  }

  cancel(): string {
    return this.#cancel;
  }
}

function generationOf(order: SpeakingOrder): object {
  return {
    model_id: order.model,
    voice: { mode: 'id', id: voiceById(order.voice)?.vendorId ?? order.voice },
    output_format: outputFormat(order.format),
    language: order.language.split('-')[0],
    max_buffer_delay_ms: MAX_BUFFER_DELAY_MS,
    add_timestamps: true,
    // Models before the third know no speed between slow and fast.
    ...(order.speed !== 1 &&
      order.model.startsWith('sonic-3') && { generation_config: { speed: order.speed } }),
  };
}

const outputFormat = ({ encoding, rateHz }: AudioFormat): object => ({
  container: 'raw',
  encoding: vendorEncodings[encoding],
  sample_rate: rateHz,
});
