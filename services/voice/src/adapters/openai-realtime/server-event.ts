import { z } from 'zod';

/** What we read of the GA events; fields and events that we do not know are let through. */

const id = z.string().min(1).max(256);
const count = z.int().min(0).optional();
const usage = z
  .looseObject({
    input_tokens: count,
    output_tokens: count,
    input_token_details: z
      .looseObject({
        audio_tokens: count,
        cached_tokens: count,
        cached_tokens_details: z.looseObject({ text_tokens: count, audio_tokens: count }).nullish(),
      })
      .nullish(),
    output_token_details: z.looseObject({ text_tokens: count }).nullish(),
  })
  .nullish();
export type TokenUsage = z.output<typeof usage>;

function event<Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) {
  return z.looseObject({ type: z.literal(type), ...shape });
}

export const serverEvent = z.discriminatedUnion('type', [
  event('session.created', {}),
  event('session.updated', {}),
  event('input_audio_buffer.speech_started', {}),
  event('input_audio_buffer.speech_stopped', {}),
  event('conversation.item.input_audio_transcription.delta', {
    item_id: id,
    delta: z.string().nullish(),
  }),
  event('conversation.item.input_audio_transcription.completed', {
    item_id: id,
    transcript: z.string(),
    usage,
  }),
  event('response.created', { response: z.looseObject({ id }) }),
  event('response.output_audio.delta', { response_id: id, item_id: id, delta: z.string() }),
  event('response.output_audio_transcript.delta', { response_id: id, delta: z.string() }),
  event('response.output_item.done', {
    response_id: id,
    item: z.looseObject({
      type: z.string(),
      call_id: z.string().optional(),
      name: z.string().optional(),
      arguments: z.string().optional(),
    }),
  }),
  event('response.done', {
    response: z.looseObject({
      id,
      status: z.string().nullish(),
      status_details: z
        .looseObject({ error: z.looseObject({ code: z.string().nullish() }).nullish() })
        .nullish(),
      usage,
    }),
  }),
  event('error', {
    error: z.looseObject({ type: z.string().nullish(), code: z.string().nullish() }),
  }),
]);
export type ServerEvent = z.output<typeof serverEvent>;

const known: ReadonlySet<string> = new Set(
  serverEvent.options.map((option) => option.shape.type.value),
);

/** `undefined`: an event that is none of our business. Throws on one that is, but is broken. */
export function readServerEvent(message: unknown): ServerEvent | undefined {
  const { type } = message as { type?: unknown };
  return typeof type === 'string' && known.has(type) ? serverEvent.parse(message) : undefined;
}
