import { bytesPerFrame, FRAME_MS } from '../../app/ports/audio-format.js';
import type {
  Conversation,
  ConversationEvent,
  ConversationOrder,
} from '../../app/ports/speech-to-speech.js';
import { ConversationLink } from '../connections/conversation-link.js';
import { errorOfStatus } from '../connections/provider-error.js';
import { historyItems, toolOutput, TRANSCRIBER } from './client-events.js';
import { usageIn } from './realtime-usage.js';
import { readServerEvent, type ServerEvent } from './server-event.js';

type EventOf<Type extends ServerEvent['type']> = Extract<ServerEvent, { type: Type }>;
type Reading = { readonly [Type in ServerEvent['type']]: (event: EventOf<Type>) => void };

/** The spoken item of a reply: what an interruption truncates. */
interface SpokenItem {
  id: string;
  receivedBytes: number;
}

const MAX_REPLIES = 64;
/** After these the session is of no use any more; others tell of one message that was wrong. */
const fatal: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  insufficient_quota: 403,
  invalid_api_key: 401,
  session_expired: 503,
  server_error: 500,
};

export class RealtimeConversation implements Conversation {
  readonly link: ConversationLink;
  readonly #order: ConversationOrder;
  readonly #items = new Map<string, SpokenItem>();
  readonly #openTools = new Set<string>();
  /** One response at a time: what has to be asked for waits until the vendor is free. */
  #activeReply: string | undefined;
  #wanted: object[] = [];

  constructor(order: ConversationOrder) {
    this.#order = order;
    this.link = new ConversationLink({
      provider: order.access.provider,
      onMessage: (message) => this.#read(message),
    });
  }

  get events(): AsyncIterable<ConversationEvent> {
    return this.link.events;
  }

  send(frame: Uint8Array): void {
    const audio = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('base64');
    // Base64 needs no escaping, and this is done fifty times a second.
    this.link.sendSound(`{"type":"input_audio_buffer.append","audio":"${audio}"}`);
  }

  prompt(instructions: string): void {
    // Those of one response take the place of the session's.
    const together = `${this.#order.instructions}\n\n${instructions}`;
    this.#want({ type: 'response.create', response: { instructions: together } });
  }

  remember(text: string): void {
    for (const item of historyItems([{ role: 'assistant', text }])) this.link.send(item);
  }

  interrupt(replyId: string, heardMs: number): void {
    if (this.#activeReply === replyId) {
      this.link.send({ type: 'response.cancel', response_id: replyId });
    }
    const item = this.#items.get(replyId);
    if (!item) return;
    this.link.send({
      type: 'conversation.item.truncate',
      item_id: item.id,
      content_index: 0,
      // More than there is would be refused as a whole.
      audio_end_ms: Math.max(0, Math.floor(Math.min(heardMs, this.#lengthMs(item)))),
    });
  }

  toolReturned(callId: string, text: string): void {
    this.link.send({ type: 'conversation.item.create', item: toolOutput(callId, text) });
    // A late result that nobody waits for any more is told, and no more than that.
    if (!this.#openTools.delete(callId) || this.#openTools.size > 0) return;
    this.#want({ type: 'response.create' });
  }

  close(): void {
    this.link.close();
  }

  #want(request: object): void {
    if (this.#activeReply === undefined) this.link.send(request);
    else this.#wanted = [request];
  }

  #lengthMs({ receivedBytes }: SpokenItem): number {
    return (receivedBytes / bytesPerFrame(this.#order.speaks)) * FRAME_MS;
  }

  #read(message: unknown): void {
    const event = readServerEvent(message);
    if (event) (this.#reading[event.type] as (event: ServerEvent) => void)(event);
  }

  readonly #reading: Reading = {
    'session.created': () => this.link.arrived('created'),
    'session.updated': () => this.link.arrived('configured'),
    'input_audio_buffer.speech_started': () => this.link.emit({ type: 'caller-started' }),
    'input_audio_buffer.speech_stopped': () => this.link.emit({ type: 'caller-stopped' }),
    'conversation.item.input_audio_transcription.delta': ({ delta }) => {
      if (delta) this.link.emit({ type: 'caller-said', text: delta, final: false });
    },
    'conversation.item.input_audio_transcription.completed': ({ transcript, usage }) => {
      this.link.emit({ type: 'caller-said', text: transcript.trim(), final: true });
      const used = usageIn(usage);
      if (used) this.link.emit({ type: 'usage', usage: used, model: TRANSCRIBER });
    },
    'response.created': ({ response }) => {
      this.#activeReply = response.id;
      this.link.emit({ type: 'reply-started', replyId: response.id });
    },
    'response.output_audio.delta': ({ response_id: replyId, item_id: item, delta }) => {
      const bytes = Buffer.from(delta, 'base64');
      this.#received(replyId, item, bytes.byteLength);
      this.link.emit({ type: 'audio', replyId, bytes });
    },
    'response.output_audio_transcript.delta': ({ response_id: replyId, delta }) =>
      this.link.emit({ type: 'agent-said', replyId, text: delta }),
    'response.output_item.done': ({ response_id: replyId, item }) => {
      const { type, call_id: id, name, arguments: argumentsText = '' } = item;
      if (type !== 'function_call' || id === undefined || name === undefined) return;
      this.#openTools.add(id);
      this.link.emit({ type: 'tool-call', replyId, id, name, argumentsText });
    },
    'response.done': ({ response }) => this.#replyEnded(response),
    error: ({ error }) => this.#failed(error.code ?? error.type ?? ''),
  };

  #received(replyId: string, id: string, sizeBytes: number): void {
    const item = this.#items.get(replyId);
    if (item?.id === id) item.receivedBytes += sizeBytes;
    else this.#items.set(replyId, { id, receivedBytes: sizeBytes });
    if (this.#items.size <= MAX_REPLIES) return;
    const oldest = this.#items.keys().next();
    if (!oldest.done) this.#items.delete(oldest.value);
  }

  #replyEnded(response: EventOf<'response.done'>['response']): void {
    if (this.#activeReply === response.id) this.#activeReply = undefined;
    const { id: replyId, status, status_details: details } = response;
    const code = details?.error?.code;
    if (status === 'failed' && code) this.#failed(code);
    const reason = status === 'cancelled' ? 'interrupted' : status === 'failed' ? 'failed' : 'done';
    this.link.emit({ type: 'reply-ended', replyId, reason, usage: usageIn(response.usage) });
    for (const request of this.#wanted.splice(0)) this.link.send(request);
  }

  #failed(code: string): void {
    const status = fatal[code];
    if (status === undefined) return;
    const { provider } = this.#order.access;
    this.link.fail(errorOfStatus({ provider, status, vendorCode: code }));
  }
}
