import type { Usage } from '../../app/ports/language-model.js';
import type {
  Conversation,
  ConversationEvent,
  ConversationOrder,
} from '../../app/ports/speech-to-speech.js';
import { ConversationLink } from '../connections/conversation-link.js';
import { errorOfStatus } from '../connections/provider-error.js';
import { historyMessage, promptMessage, toolResponse } from './client-messages.js';
import { usageIn } from './live-usage.js';
import { serverMessage, type ServerContent, type ServerMessage } from './server-message.js';

/** A wrong key, model or setting: the vendor lets the socket open and then says so. */
const refusals: ReadonlySet<number> = new Set([1007, 1008]);

/**
 * Gemini names no replies and sends no sign of speech: a reply begins with its first sound or
 * word and ends with its turn, and the caller has begun to speak when it says `interrupted`.
 */
export class LiveConversation implements Conversation {
  readonly link: ConversationLink;
  readonly #openTools = new Map<string, string>();
  #replyCount = 0;
  #reply: string | undefined;
  /** Interrupted by us; what still comes of it is not heard. */
  #silenced: string | undefined;
  #callerSpeaks = false;
  #heardText = '';
  #usage: Usage | null = null;

  constructor(order: ConversationOrder) {
    const { provider } = order.access;
    this.link = new ConversationLink({
      provider,
      onMessage: (message) => this.#read(serverMessage.parse(message)),
      closeError: (code) =>
        refusals.has(code)
          ? errorOfStatus({ provider, status: 400, vendorCode: String(code) })
          : undefined,
    });
  }

  get events(): AsyncIterable<ConversationEvent> {
    return this.link.events;
  }

  send(frame: Uint8Array): void {
    const data = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('base64');
    this.link.sendSound(
      `{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"${data}"}}}`,
    );
  }

  prompt(instructions: string): void {
    this.link.send(promptMessage(instructions));
  }

  remember(text: string): void {
    const said = historyMessage([{ role: 'assistant', text }]);
    if (said) this.link.send(said);
  }

  /** The vendor cuts its own memory at the interruption; it takes no word of ours about it. */
  interrupt(replyId: string, _heardMs: number): void {
    if (this.#reply === replyId) this.#silenced = replyId;
  }

  toolReturned(callId: string, text: string): void {
    const name = this.#openTools.get(callId);
    if (name === undefined) return this.link.send(promptMessage(`(Late tool result) ${text}`));
    this.#openTools.delete(callId);
    this.link.send(toolResponse(callId, name, text));
  }

  close(): void {
    this.link.close();
  }

  #read(message: ServerMessage): void {
    if (message.setupComplete) this.link.arrived('setup');
    const { usageMetadata } = message;
    // With the content beside it, so that it belongs to the reply that ends or goes on there.
    if (usageMetadata) this.#used(usageIn(usageMetadata), message.serverContent !== undefined);
    if (message.serverContent) this.#readContent(message.serverContent);
    for (const { id, name, args } of message.toolCall?.functionCalls ?? []) {
      this.#openTools.set(id, name);
      const replyId = this.#begin();
      const argumentsText = JSON.stringify(args ?? {});
      this.link.emit({ type: 'tool-call', replyId, id, name, argumentsText });
    }
  }

  /** The vendor tells it once for each turn, with its end or after it. */
  #used(usage: Usage, isWithContent: boolean): void {
    if (this.#reply !== undefined || isWithContent) this.#usage = usage;
    else this.link.emit({ type: 'usage', usage, model: null });
  }

  #readContent(content: ServerContent): void {
    const heard = content.inputTranscription?.text;
    if (heard) this.#callerSaid(heard);
    if (content.interrupted) return this.#interrupted();
    this.#readSpeech(content);
    if (content.turnComplete) this.#end('done');
  }

  #readSpeech({ modelTurn, outputTranscription }: ServerContent): void {
    for (const { inlineData } of modelTurn?.parts ?? []) {
      if (inlineData) this.#sound(Buffer.from(inlineData.data, 'base64'));
    }
    const said = outputTranscription?.text;
    if (said) this.link.emit({ type: 'agent-said', replyId: this.#begin(), text: said });
  }

  #callerSaid(text: string): void {
    this.#callerStarted();
    this.#heardText += text;
    this.link.emit({ type: 'caller-said', text, final: false });
  }

  #callerStarted(): void {
    if (this.#callerSpeaks) return;
    this.#callerSpeaks = true;
    this.link.emit({ type: 'caller-started' });
  }

  #sound(bytes: Uint8Array): void {
    const replyId = this.#begin();
    if (this.#silenced !== replyId) this.link.emit({ type: 'audio', replyId, bytes });
  }

  /** The model speaks: what the caller said is complete. */
  #begin(): string {
    if (this.#callerSpeaks) this.#callerStopped();
    if (this.#reply !== undefined) return this.#reply;
    this.#replyCount += 1;
    this.#reply = `reply-${this.#replyCount}`;
    this.link.emit({ type: 'reply-started', replyId: this.#reply });
    return this.#reply;
  }

  #callerStopped(): void {
    this.#callerSpeaks = false;
    this.link.emit({ type: 'caller-stopped' });
    const text = this.#heardText.trim();
    this.#heardText = '';
    if (text !== '') this.link.emit({ type: 'caller-said', text, final: true });
  }

  #interrupted(): void {
    if (this.#reply !== undefined) this.#callerStarted();
    this.#end('interrupted');
  }

  #end(reason: 'done' | 'interrupted'): void {
    const replyId = this.#reply;
    if (replyId === undefined) return;
    const how = this.#silenced === replyId ? 'interrupted' : reason;
    this.#reply = undefined;
    this.link.emit({ type: 'reply-ended', replyId, reason: how, usage: this.#usage });
    this.#usage = null;
  }
}
