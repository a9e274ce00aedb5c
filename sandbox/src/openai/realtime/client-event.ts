import { z } from 'zod';
import { responseFields, sessionUpdate } from './session-config.js';

const eventId = z.string().max(512).optional();
const part = z.looseObject({
  type: z.enum(['input_text', 'input_audio', 'output_text', 'output_audio']),
  text: z.string().optional(),
  transcript: z.string().nullish(),
});

const item = z.union([
  z.looseObject({
    type: z.literal('message'),
    id: z.string().max(64).optional(),
    role: z.enum(['system', 'user', 'assistant']),
    content: z.array(part).min(1),
  }),
  z.looseObject({
    type: z.literal('function_call_output'),
    id: z.string().max(64).optional(),
    call_id: z.string().min(1),
    output: z.string(),
  }),
  z.looseObject({
    type: z.literal('function_call'),
    id: z.string().max(64).optional(),
    call_id: z.string().min(1),
    name: z.string().min(1),
    arguments: z.string(),
  }),
]);
export type CreatedItem = z.output<typeof item>;

const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.looseObject({ type: z.literal(type), event_id: eventId, ...shape });

export const clientEvent = z.discriminatedUnion('type', [
  event('session.update', { session: sessionUpdate }),
  event('input_audio_buffer.append', { audio: z.string().max(15 * 1024 * 1024) }),
  event('input_audio_buffer.commit', {}),
  event('input_audio_buffer.clear', {}),
  event('conversation.item.create', { item, previous_item_id: z.string().nullish() }),
  event('conversation.item.retrieve', { item_id: z.string() }),
  event('conversation.item.delete', { item_id: z.string() }),
  event('conversation.item.truncate', {
    item_id: z.string(),
    content_index: z.int().min(0),
    audio_end_ms: z.int().min(0),
  }),
  event('response.create', { response: z.looseObject(responseFields).optional() }),
  event('response.cancel', { response_id: z.string().optional() }),
]);
export type ClientEvent = z.output<typeof clientEvent>;
export type ResponseOrder = NonNullable<
  Extract<ClientEvent, { type: 'response.create' }>['response']
>;
