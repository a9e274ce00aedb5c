import type {
  ConversationItem,
  RealtimeConversationItemAssistantMessage,
  RealtimeConversationItemFunctionCall,
  RealtimeConversationItemFunctionCallOutput,
  RealtimeConversationItemSystemMessage,
  RealtimeConversationItemUserMessage,
} from 'openai/resources/realtime/realtime.js';
import type { Asked } from '../../model/script.js';
import type { CreatedItem } from './client-event.js';
import { newId, type Mistake, type Say } from './server-event.js';

const MAX_ITEMS = 2000;

export type Item = { id: string } & (
  | RealtimeConversationItemAssistantMessage
  | RealtimeConversationItemFunctionCall
  | RealtimeConversationItemFunctionCallOutput
  | RealtimeConversationItemSystemMessage
  | RealtimeConversationItemUserMessage
);

const missing = (id: string): Mistake => ({
  code: 'item_not_found',
  message: `Item with item_id '${id}' was not found.`,
  param: 'item_id',
});

/** What was said so far, in order; the oldest is forgotten beyond its capacity. */
export class Conversation {
  readonly #items = new Map<string, Item>();
  /** How long an assistant's sound is, as far as it was made. */
  readonly #audioMs = new Map<string, number>();
  /** What was understood of a caller's sound, whether or not the client wants to know. */
  readonly #heardTexts = new Map<string, string>();
  readonly #say: Say;

  constructor(say: Say) {
    this.#say = say;
  }

  get lastId(): string | null {
    return [...this.#items.keys()].at(-1) ?? null;
  }

  /** `item` may be changed later by who holds it. */
  add(item: Item): void {
    const previous = this.lastId;
    this.#items.set(item.id, item);
    const [oldest] = this.#items.keys();
    if (this.#items.size > MAX_ITEMS && oldest) this.#forget(oldest);
    this.#say({ type: 'conversation.item.added', previous_item_id: previous, item: shown(item) });
  }

  done(item: Item): void {
    const ids = [...this.#items.keys()];
    const previous = ids[ids.indexOf(item.id) - 1] ?? null;
    this.#say({ type: 'conversation.item.done', previous_item_id: previous, item: shown(item) });
  }

  addHeard(id: string, transcript: string): void {
    this.#heardTexts.set(id, transcript);
    const item: Item = {
      id,
      object: 'realtime.item',
      type: 'message',
      role: 'user',
      status: 'completed',
      content: [{ type: 'input_audio' }],
    };
    this.add(item);
    this.done(item);
  }

  create(created: CreatedItem): Mistake | undefined {
    const id = created.id ?? newId('item');
    if (this.#items.has(id)) {
      return { code: 'item_already_exists', message: `Item '${id}' exists.`, param: 'item.id' };
    }
    const rest = { object: 'realtime.item', status: 'completed' } as const;
    const item = { ...created, id, ...rest } as Item;
    this.add(item);
    this.done(item);
    return undefined;
  }

  retrieve(id: string): Mistake | undefined {
    const item = this.#items.get(id);
    if (!item) return missing(id);
    this.#say({ type: 'conversation.item.retrieved', item: shown(item) });
    return undefined;
  }

  delete(id: string): Mistake | undefined {
    if (!this.#items.has(id)) return missing(id);
    this.#forget(id);
    this.#say({ type: 'conversation.item.deleted', item_id: id });
    return undefined;
  }

  grewTo(id: string, audioMs: number): void {
    this.#audioMs.set(id, audioMs);
  }

  /** What the caller did not hear is not remembered: neither the sound nor its text. */
  truncate(id: string, contentIndex: number, audioEndMs: number): Mistake | undefined {
    const item = this.#items.get(id);
    const audioMs = this.#audioMs.get(id);
    if (!item || audioMs === undefined || item.type !== 'message') return missing(id);
    if (audioEndMs > audioMs) {
      return {
        code: 'invalid_value',
        message: `Audio content of ${Math.floor(audioMs)}ms is already shorter than ${audioEndMs}ms`,
        param: 'audio_end_ms',
      };
    }
    const [part] = item.content;
    if (part && 'transcript' in part) delete part.transcript;
    this.#audioMs.set(id, audioEndMs);
    this.#say({
      type: 'conversation.item.truncated',
      item_id: id,
      content_index: contentIndex,
      audio_end_ms: audioEndMs,
    });
    return undefined;
  }

  asked(of: Pick<Asked, 'key' | 'system' | 'toolNames'>): Asked {
    const items = [...this.#items.values()];
    const userTexts = items.flatMap((item) =>
      item.type === 'message' && item.role === 'user'
        ? (this.#heardTexts.get(item.id) ?? textIn(item))
        : [],
    );
    const afterTool = toolResultIn(items);
    return {
      ...of,
      userText: userTexts.at(-1),
      turn: userTexts.length,
      ...(afterTool && { afterTool }),
    };
  }

  #forget(id: string): void {
    this.#items.delete(id);
    this.#audioMs.delete(id);
    this.#heardTexts.delete(id);
  }
}

function toolResultIn(items: readonly Item[]): Asked['afterTool'] {
  const last = items.at(-1);
  if (last?.type !== 'function_call_output') return undefined;
  const call = items.findLast(
    (item) => item.type === 'function_call' && item.call_id === last.call_id,
  );
  const name = call?.type === 'function_call' ? call.name : '';
  return { callId: last.call_id, name, result: last.output };
}

function textIn(item: RealtimeConversationItemUserMessage): string {
  return item.content.map(({ text, transcript }) => text ?? transcript ?? '').join('');
}

const shown = (item: Item): ConversationItem => structuredClone(item);
