import { AppError, isAppError, sleep } from '@trunkline/kernel';
import { convertAudio, type AudioConverter } from '@trunkline/telephony';
import type { ChatMessage, Conversation, ConversationEvent } from '../ports/index.js';
import type { ConversationParts } from './conversation-parts.js';

/** Waits before a lost session is opened again; after the last one the call is over. */
const RETRY_AFTER_MS = [1000, 2000, 4000] as const;
/** Five seconds of the caller are kept while there is nobody to hear them. */
const MOST_KEPT_FRAMES = 250;

export type SessionNews =
  | { readonly type: 'opened' }
  | { readonly type: 'event'; readonly event: ConversationEvent }
  | { readonly type: 'broke'; readonly error: unknown; readonly recovered: boolean };

export interface SessionOrder {
  readonly parts: Pick<ConversationParts, 'open' | 'line' | 'hears'>;
  readonly history: () => readonly ChatMessage[];
  readonly tell: (news: SessionNews) => void;
  readonly signal: AbortSignal;
}

/** The vendor's end of a conversation, opened again when it breaks. */
export class Session {
  readonly #order: SessionOrder;
  readonly #converter: AudioConverter;
  #conversation: Conversation | undefined;
  #kept: Uint8Array[] = [];
  #isInUse = false;
  #failures = 0;

  constructor(order: SessionOrder) {
    this.#order = order;
    this.#converter = convertAudio(order.parts.line.format, order.parts.hears);
  }

  /** Never rejects; ends with the call, or when nobody can be reached. */
  async run(): Promise<void> {
    const { signal } = this.#order;
    while (!signal.aborted) {
      try {
        await this.#converse();
      } catch (error) {
        if (signal.aborted || !(await this.#mayTryAgain(error))) return;
      }
    }
  }

  send(frame: Uint8Array): void {
    const sound = this.#converter.convert(frame);
    if (this.#conversation) return this.#conversation.send(sound);
    this.#kept.push(sound.slice());
    if (this.#kept.length > MOST_KEPT_FRAMES) this.#kept.shift();
  }

  /** From here on the open session is told what to say; the rules know what the last one owes. */
  use(): void {
    this.#isInUse = true;
  }

  prompt(instructions: string): void {
    if (this.#isInUse) this.#conversation?.prompt(instructions);
  }

  interrupt(replyId: string, heardMs: number): void {
    this.#conversation?.interrupt(replyId, heardMs);
  }

  toolReturned(callId: string, text: string): void {
    this.#conversation?.toolReturned(callId, text);
  }

  async #converse(): Promise<void> {
    const { parts, history, tell, signal } = this.#order;
    const conversation = await parts.open(history(), signal);
    this.#conversation = conversation;
    try {
      for (const sound of this.#kept.splice(0)) conversation.send(sound);
      tell({ type: 'opened' });
      for await (const event of conversation.events) {
        this.#failures = 0;
        tell({ type: 'event', event });
      }
    } finally {
      this.#conversation = undefined;
      this.#isInUse = false;
      conversation.close();
    }
    // Nobody but the vendor can have ended it.
    if (!signal.aborted) throw new AppError('provider.unavailable', { retryable: true });
  }

  async #mayTryAgain(error: unknown): Promise<boolean> {
    const { tell, signal } = this.#order;
    const isRefused = isAppError(error) && error.code === 'provider.refused';
    const afterMs = isRefused ? undefined : RETRY_AFTER_MS[this.#failures];
    this.#failures += 1;
    tell({ type: 'broke', error, recovered: afterMs !== undefined });
    if (afterMs === undefined) return false;
    try {
      await sleep(afterMs, signal);
    } catch {
      // The call ended while it waited.
      return false;
    }
    return true;
  }
}
