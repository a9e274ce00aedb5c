import { AppError, isAppError, sleep } from '@trunkline/kernel';
import { convertAudio, type AudioConverter } from '@trunkline/telephony';
import type { ChatMessage, Conversation, ConversationEvent } from '../ports/index.js';
import type { ConversationParts } from './conversation-parts.js';

/** Waits before a lost session is opened again; after the last one it is given up. */
const RETRY_AFTER_MS = [1000, 2000, 4000] as const;
/** A caller who has only heard a greeting is better off with somebody else than with a wait. */
const FIRST_RETRY_AFTER_MS = [1000] as const;
/** Five seconds of the caller are kept while there is nobody to hear them. */
const MOST_KEPT_FRAMES = 250;
/** The phrases of a call are few. */
const MOST_UNTOLD = 50;

export type SessionNews =
  | { readonly type: 'opened' }
  | { readonly type: 'event'; readonly event: ConversationEvent }
  | { readonly type: 'broke'; readonly error: unknown; readonly triesAgain: boolean };

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
  /** As they came from the line. */
  #kept: Uint8Array[] = [];
  /** Said since the history was read for a session that is not in use yet. */
  #untold: string[] = [];
  #isInUse = false;
  #hasOpened = false;
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
    if (this.#conversation) return this.#conversation.send(this.#converter.convert(frame));
    this.#kept.push(frame.slice());
    if (this.#kept.length > MOST_KEPT_FRAMES) this.#kept.shift();
  }

  /** What nobody has heard. */
  takeKept(): readonly Uint8Array[] {
    return this.#kept.splice(0);
  }

  /** From here on the open session is told what to say; the rules know what the last one owes. */
  use(): void {
    this.#isInUse = true;
    for (const text of this.#untold.splice(0)) this.#conversation?.remember(text);
  }

  prompt(instructions: string): void {
    if (this.#isInUse) this.#conversation?.prompt(instructions);
  }

  remember(text: string): void {
    if (this.#isInUse) return this.#conversation?.remember(text);
    this.#untold.push(text);
    if (this.#untold.length > MOST_UNTOLD) this.#untold.shift();
  }

  interrupt(replyId: string, heardMs: number): void {
    this.#conversation?.interrupt(replyId, heardMs);
  }

  toolReturned(callId: string, text: string): void {
    this.#conversation?.toolReturned(callId, text);
  }

  async #converse(): Promise<void> {
    const { parts, history, tell, signal } = this.#order;
    this.#untold = [];
    const conversation = await parts.open(history(), signal);
    this.#conversation = conversation;
    this.#hasOpened = true;
    try {
      for (const frame of this.#kept.splice(0)) conversation.send(this.#converter.convert(frame));
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
    const afterMs = this.#retryAfterMs(error);
    this.#failures += 1;
    tell({ type: 'broke', error, triesAgain: afterMs !== undefined });
    if (afterMs === undefined) return false;
    try {
      await sleep(afterMs, signal);
    } catch {
      // The call ended while it waited.
      return false;
    }
    return true;
  }

  #retryAfterMs(error: unknown): number | undefined {
    if (isAppError(error) && error.code === 'provider.refused') return undefined;
    if (this.#hasOpened) return RETRY_AFTER_MS[this.#failures];
    const isShut = isAppError(error) && error.details['circuit'] === 'open';
    return isShut ? undefined : FIRST_RETRY_AFTER_MS[this.#failures];
  }
}
