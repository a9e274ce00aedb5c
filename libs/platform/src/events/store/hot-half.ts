export interface StoredMessage {
  readonly seq: number;
  readonly data: Uint8Array;
}

export interface PublishAttempt {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly messageId: string;
  /** The last sequence of the subject; 0 when it must hold nothing. */
  readonly expectedSeq: number;
  readonly timeoutMs: number;
}

/** What one publish is known to have done. */
export type PublishReply =
  | { readonly kind: 'stored'; readonly seq: number }
  /** The expected sequence did not match: another writer's event, or our own earlier one. */
  | { readonly kind: 'mismatch' }
  /** Sent and not answered, or answered as a duplicate: it may be stored, now or later. */
  | { readonly kind: 'unknown'; readonly cause: unknown }
  /** Certainly not stored. */
  | { readonly kind: 'full' | 'unreachable' | 'invalid'; readonly cause: unknown };

export interface LeaderReadOptions {
  readonly timeoutMs: number;
}

export interface ReadOptions {
  readonly fromLeader: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What a stream has to offer so that the event store can be built on it. */
export abstract class HotHalf {
  /** False while it is known that nothing can be sent. */
  abstract get reachable(): boolean;
  /** True once it will never be reachable again. */
  abstract get closed(): boolean;
  abstract publish(attempt: PublishAttempt): Promise<PublishReply>;
  /** From the leader: the first message of the subject after this sequence. */
  abstract next(
    subject: string,
    afterSeq: number,
    options: LeaderReadOptions,
  ): Promise<StoredMessage | undefined>;
  /** From the leader: 0 when the subject holds nothing. */
  abstract lastSeq(subject: string, options: LeaderReadOptions): Promise<number>;
  /** Every message of the subject, in order. */
  abstract readAll(subject: string, options: ReadOptions): Promise<readonly StoredMessage[]>;
}
