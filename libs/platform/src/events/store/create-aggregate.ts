import type { AggregateRef, Envelope } from '@trunkline/contracts';
import { AppError, type Fact } from '@trunkline/kernel';
import { nowhere, type EventStore, type History, type Position } from './event-store.js';
import { newEvent, type CommandOrigin } from './handle-command.js';

export interface CreateRequest extends CommandOrigin {
  readonly ref: AggregateRef;
  /** The first event; `causationId` is the fingerprint of the request. */
  readonly fact: Fact;
  /**
   * `minted`: the id is new in the world and is not looked up. `derived` (the default): made
   * from a key, so that it may exist, even in the cold half.
   */
  readonly id?: 'minted' | 'derived';
}

export interface Created {
  /** The first event, whoever appended it. */
  readonly event: Envelope;
  /** False when an earlier request with the same fingerprint had made it. */
  readonly created: boolean;
  readonly history: History;
  /** Where the aggregate stands now; beyond the first event when it was an old request. */
  readonly position: Position;
}

/**
 * Creates an aggregate once. A repetition of the same request (same fingerprint) is answered
 * like the first one; another request for the same id is refused as `idempotency.mismatch`.
 */
export async function createAggregate(store: EventStore, request: CreateRequest): Promise<Created> {
  const { ref, signal } = request;
  const minted = request.id === 'minted';
  const before: History = minted
    ? { events: [], position: nowhere, loadedAtMs: Date.now() }
    : await store.load(ref, { signal });
  if (before.events.length > 0) return existing(before, request);
  const appended = await store.append({
    ref,
    after: before.position,
    loadedAtMs: before.loadedAtMs,
    event: newEvent(request.fact, request),
    signal,
  });
  if (appended.outcome === 'conflict') {
    return existing(await store.load(ref, { signal, fromLeader: true }), request);
  }
  const { event, position } = appended;
  return { event, created: true, history: { ...before, events: [event], position }, position };
}

function existing(history: History, request: CreateRequest): Created {
  const [event] = history.events;
  // A conflict and yet nothing there: it was appended and purged in between, or abandoned.
  if (!event) throw new AppError('log.conflict', { retryable: true });
  if (event.causationId !== request.causationId) throw new AppError('idempotency.mismatch');
  return { event, created: false, history, position: history.position };
}
