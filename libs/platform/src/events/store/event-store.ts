import type { Actor, AggregateRef, Envelope } from '@trunkline/contracts';

/** Where an aggregate stands: its version and its last sequence in the hot half (0: none there). */
export interface Position {
  readonly v: number;
  readonly hotSeq: number;
}

export const nowhere: Position = { v: 0, hotSeq: 0 };

export interface History {
  /** All events, hot and cold, in order of version, upcast to their current schema. */
  readonly events: readonly Envelope[];
  readonly position: Position;
  readonly loadedAtMs: number;
}

/** A decided fact with who and why, before the store numbers it. */
export interface NewEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor: Actor;
  readonly causationId: string;
  readonly correlationId: string;
  /** Minted when it is appended, unless it was written down before the log could take it. */
  readonly eventId?: string;
  readonly occurredAtMs?: number;
}

export interface Append {
  readonly ref: AggregateRef;
  /** From a load or an earlier append; `nowhere` for a create with a minted id. */
  readonly after: Position;
  /** When `after` was learnt; an append not sent within 60 s of it is abandoned. */
  readonly loadedAtMs?: number;
  readonly event: NewEvent;
  readonly signal?: AbortSignal | undefined;
}

export type AppendResult =
  | { readonly outcome: 'appended'; readonly event: Envelope; readonly position: Position }
  /** Somebody else appended after `after`: load again and decide again. */
  | { readonly outcome: 'conflict' };

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Read from the stream leader; a load after a conflict must. */
  readonly fromLeader?: boolean;
}

/**
 * The one port of the log. Loading merges both halves; appending answers only what is
 * certain: timed-out publishes are settled before it returns. It rejects with `log.full`,
 * `log.unavailable`, `log.invalid-event`, or `log.unknown` when settling itself ran out of time.
 */
export abstract class EventStore {
  abstract load(ref: AggregateRef, options?: LoadOptions): Promise<History>;
  abstract append(append: Append): Promise<AppendResult>;
}
