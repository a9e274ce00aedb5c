import { AppError, Channel } from '@trunkline/kernel';
import type { AudioFormat } from '../../src/app/ports/audio-format.js';
import {
  SpeechToSpeech,
  type Conversation,
  type ConversationEvent,
  type ConversationOrder,
} from '../../src/app/ports/speech-to-speech.js';
import type { SpeechVendor } from '../contracts/speech-to-speech.contract.js';

/** What each of its replies uses. */
export const fakeUsage = {
  promptTokens: 30,
  completionTokens: 12,
  speech: { textIn: 10, audioIn: 20, cachedTextIn: 0, cachedAudioIn: 0, textOut: 2, audioOut: 10 },
};

class FakeConversation implements Conversation {
  readonly events = new Channel<ConversationEvent>({ capacity: 1000, whenFull: 'refuse' });
  readonly heard: Uint8Array[] = [];
  readonly prompts: string[] = [];
  readonly remembered: string[] = [];
  readonly interruptions: { readonly replyId: string; readonly heardMs: number }[] = [];
  readonly results: { readonly id: string; readonly text: string }[] = [];
  isClosed = false;

  send(frame: Uint8Array): void {
    if (!this.isClosed) this.heard.push(frame.slice());
  }

  prompt(instructions: string): void {
    this.prompts.push(instructions);
  }

  remember(text: string): void {
    this.remembered.push(text);
  }

  interrupt(replyId: string, heardMs: number): void {
    this.interruptions.push({ replyId, heardMs });
  }

  toolReturned(callId: string, text: string): void {
    this.results.push({ id: callId, text });
  }

  close(): void {
    this.isClosed = true;
    this.events.close();
  }
}

/** A model that hears and speaks as the test says, over the conversation opened last. */
export class FakeSpeechToSpeech extends SpeechToSpeech implements SpeechVendor {
  readonly provider: string;
  readonly orders: ConversationOrder[] = [];
  readonly conversations: FakeConversation[] = [];
  #replies = 0;
  #openReply: string | undefined;
  #status: number | undefined;

  constructor(provider = 'fake') {
    super();
    this.provider = provider;
  }

  override hears({ encoding }: AudioFormat): boolean {
    return encoding === 'mulaw';
  }

  override speaks({ encoding }: AudioFormat): boolean {
    return encoding === 'mulaw';
  }

  override async open(order: ConversationOrder, signal: AbortSignal): Promise<Conversation> {
    signal.throwIfAborted();
    if (this.#status !== undefined) {
      const isRefused = this.#status < 500;
      throw new AppError(isRefused ? 'provider.refused' : 'provider.unavailable');
    }
    this.orders.push(order);
    const conversation = new FakeConversation();
    this.conversations.push(conversation);
    signal.addEventListener('abort', () => conversation.close(), { once: true });
    return Promise.resolve(conversation);
  }

  callerSays(text: string): void {
    this.#tell({ type: 'caller-started' }, { type: 'caller-stopped' });
    this.#tell({ type: 'caller-said', text, final: true });
  }

  replies({ text, sound }: { readonly text: string; readonly sound: Uint8Array }): void {
    const replyId = this.#begin();
    this.#tell({ type: 'audio', replyId, bytes: sound }, { type: 'agent-said', replyId, text });
    this.#end(replyId, 'done');
  }

  beginsReply(sound: Uint8Array): void {
    const replyId = this.#begin();
    this.#openReply = replyId;
    this.#tell({ type: 'audio', replyId, bytes: sound });
  }

  /** Words of the open reply. */
  says(text: string): void {
    if (this.#openReply !== undefined) {
      this.#tell({ type: 'agent-said', replyId: this.#openReply, text });
    }
  }

  interrupts(): void {
    this.#tell({ type: 'caller-started' });
    if (this.#openReply !== undefined) this.#end(this.#openReply, 'interrupted');
  }

  callsTool({ id, name, args }: Parameters<SpeechVendor['callsTool']>[0]): void {
    const replyId = this.#begin();
    const argumentsText = JSON.stringify(args);
    this.#tell({ type: 'tool-call', replyId, id, name, argumentsText });
    this.#end(replyId, 'done');
  }

  drops(): void {
    const gone = new AppError('provider.unavailable', { retryable: true });
    this.#current?.events.fail(gone);
  }

  refuses(status: number | undefined): void {
    this.#status = status;
  }

  heardBytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.conversations.flatMap(({ heard }) => heard)));
  }

  toolResults() {
    return this.conversations.flatMap(({ results }) => results);
  }

  prompts(): readonly string[] {
    return this.conversations.flatMap(({ prompts }) => prompts);
  }

  remembered(): readonly string[] {
    return this.conversations.flatMap(({ remembered }) => remembered);
  }

  closedCount(): number {
    return this.conversations.filter(({ isClosed }) => isClosed).length;
  }

  get #current(): FakeConversation | undefined {
    return this.conversations.at(-1);
  }

  #begin(): string {
    this.#replies += 1;
    const replyId = `reply-${this.#replies}`;
    this.#tell({ type: 'reply-started', replyId });
    return replyId;
  }

  #end(replyId: string, reason: 'done' | 'interrupted'): void {
    this.#openReply = undefined;
    this.#tell({ type: 'reply-ended', replyId, reason, usage: fakeUsage });
  }

  #tell(...events: readonly ConversationEvent[]): void {
    for (const event of events) this.#current?.events.offer(event);
  }
}
