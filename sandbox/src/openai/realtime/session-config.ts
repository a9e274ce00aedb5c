import type { RealtimeSessionCreateRequest } from 'openai/resources/realtime/realtime.js';
import { z } from 'zod';
import type { SoundFormat } from '../../model/rendered.js';
import { newId } from './server-event.js';

const SESSION_SECONDS = 3600;

export const audioFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000).default(24_000) }),
  z.strictObject({ type: z.literal('audio/pcmu') }),
  z.strictObject({ type: z.literal('audio/pcma') }),
]);
export type AudioFormat = z.output<typeof audioFormat>;

const turnDetection = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('server_vad'),
    threshold: z.number().min(0).max(1).default(0.5),
    prefix_padding_ms: z.int().min(0).max(5000).default(300),
    silence_duration_ms: z.int().min(0).max(10_000).default(500),
    create_response: z.boolean().default(true),
    interrupt_response: z.boolean().default(true),
    idle_timeout_ms: z.int().min(5000).max(30_000).nullish(),
  }),
  z.strictObject({
    type: z.literal('semantic_vad'),
    eagerness: z.enum(['low', 'medium', 'high', 'auto']).default('auto'),
    create_response: z.boolean().default(true),
    interrupt_response: z.boolean().default(true),
  }),
]);
export type TurnDetection = z.output<typeof turnDetection>;

const tool = z.looseObject({ type: z.enum(['function', 'mcp']), name: z.string().optional() });
const modalities = z.array(z.enum(['text', 'audio'])).length(1);
const voice = z.union([z.string(), z.looseObject({ id: z.string() })]);

/** What both a session and a single response may set. */
export const responseFields = {
  instructions: z.string().optional(),
  output_modalities: modalities.optional(),
  tools: z.array(tool).optional(),
  tool_choice: z.unknown().optional(),
  max_output_tokens: z.union([z.int().min(1), z.literal('inf')]).optional(),
};

export const sessionUpdate = z.looseObject({
  type: z.literal('realtime'),
  ...responseFields,
  audio: z
    .strictObject({
      input: z
        .looseObject({
          format: audioFormat.optional(),
          transcription: z.looseObject({ model: z.string().optional() }).nullish(),
          turn_detection: turnDetection.nullable().optional(),
        })
        .optional(),
      output: z.looseObject({ format: audioFormat.optional(), voice: voice.optional() }).optional(),
    })
    .optional(),
});
export type SessionUpdate = z.output<typeof sessionUpdate>;

/** A session's settings, as they were created and as they are now. */
export class SessionConfig {
  readonly #head: object;
  instructions = '';
  modality: 'text' | 'audio' = 'audio';
  tools: readonly z.output<typeof tool>[] = [];
  toolChoice: unknown = 'auto';
  inputFormat: AudioFormat = { type: 'audio/pcm', rate: 24_000 };
  outputFormat: AudioFormat = { type: 'audio/pcm', rate: 24_000 };
  transcription: object | null = null;
  turnDetection: TurnDetection | null = turnDetection.parse({ type: 'server_vad' });
  #voice: z.output<typeof voice> = 'alloy';
  #maxOutputTokens: number | 'inf' = 'inf';

  constructor(model: string) {
    const expiresAtS = Math.floor(Date.now() / 1000) + SESSION_SECONDS;
    this.#head = { object: 'realtime.session', id: newId('sess'), model, expires_at: expiresAtS };
  }

  update(change: SessionUpdate): void {
    this.instructions = change.instructions ?? this.instructions;
    this.modality = change.output_modalities?.[0] ?? this.modality;
    this.tools = change.tools ?? this.tools;
    this.toolChoice = change.tool_choice ?? this.toolChoice;
    this.#maxOutputTokens = change.max_output_tokens ?? this.#maxOutputTokens;
    this.#updateSound(change.audio ?? {});
  }

  #updateSound({ input = {}, output = {} }: NonNullable<SessionUpdate['audio']>): void {
    this.outputFormat = output.format ?? this.outputFormat;
    this.#voice = output.voice ?? this.#voice;
    this.inputFormat = input.format ?? this.inputFormat;
    if (input.transcription !== undefined) this.transcription = input.transcription;
    if (input.turn_detection !== undefined) this.turnDetection = input.turn_detection;
  }

  /** As it is told to the client. */
  shown(): RealtimeSessionCreateRequest {
    return {
      type: 'realtime',
      ...this.#head,
      output_modalities: [this.modality],
      instructions: this.instructions,
      tools: [...this.tools] as NonNullable<RealtimeSessionCreateRequest['tools']>,
      tool_choice: this.toolChoice as NonNullable<RealtimeSessionCreateRequest['tool_choice']>,
      max_output_tokens: this.#maxOutputTokens,
      tracing: null,
      truncation: 'auto',
      prompt: null,
      audio: {
        input: {
          format: this.inputFormat,
          ...(this.transcription && { transcription: this.transcription }),
          turn_detection: this.turnDetection as never,
        },
        output: { format: this.outputFormat, voice: this.#voice, speed: 1 },
      },
    };
  }
}

export function soundFormatOf(format: AudioFormat): SoundFormat {
  switch (format.type) {
    case 'audio/pcm':
      return { encoding: 'pcm_s16le', rateHz: format.rate };
    case 'audio/pcmu':
      return { encoding: 'pcm_mulaw', rateHz: 8000 };
    case 'audio/pcma':
      return { encoding: 'pcm_alaw', rateHz: 8000 };
  }
}
