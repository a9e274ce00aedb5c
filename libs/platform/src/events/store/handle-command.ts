import type { Actor, AggregateRef, Envelope } from '@trunkline/contracts';
import { AppError, backoffMs, fold, sleep, type Decider, type Fact } from '@trunkline/kernel';
import type { EventStore, History, NewEvent, Position } from './event-store.js';

/** Who asks, why, and in which request or call. */
export interface CommandOrigin {
  readonly actor: Actor;
  readonly causationId: string;
  readonly correlationId: string;
  readonly signal?: AbortSignal | undefined;
}

export interface CommandRequest<Command> extends CommandOrigin {
  readonly ref: AggregateRef;
  readonly command: Command;
  /** What was loaded or appended a moment ago; without it the aggregate is loaded. */
  readonly known?: History | undefined;
  /** How often it may be decided, 10 times unless told. */
  readonly attempts?: number;
}

export interface Handled<State> {
  readonly state: State;
  /** Undefined: the decision was to do nothing. */
  readonly event: Envelope | undefined;
  /** With the new event. */
  readonly history: History;
  readonly position: Position;
}

const spread = { attempts: Infinity, firstDelayMs: 10, maxDelayMs: 250, jitter: 1 };

/**
 * Load, decide, append; after a conflict load from the leader and decide again. It rejects
 * with what `decide` threw, or `log.conflict` when others kept winning.
 */
export async function handleCommand<State, Command, Event extends Fact>(
  store: EventStore,
  decider: Decider<State, Command, Event>,
  request: CommandRequest<Command>,
): Promise<Handled<State>> {
  const { ref, signal, attempts = 10 } = request;
  let history = request.known ?? (await store.load(ref, { signal }));
  for (let attempt = 1; ; attempt += 1) {
    const state = stateOf(decider, history);
    const fact = decider.decide(state, request.command);
    if (!fact) return { state, event: undefined, history, position: history.position };
    const appended = await store.append({
      ref,
      after: history.position,
      loadedAtMs: history.loadedAtMs,
      event: newEvent(fact, request),
      signal,
    });
    if (appended.outcome === 'appended') {
      const { event, position } = appended;
      history = { ...history, events: [...history.events, event], position };
      return { state: stateOf(decider, history), event, history, position };
    }
    if (attempt >= attempts) throw new AppError('log.conflict', { retryable: true });
    await sleep(backoffMs(spread, attempt + 1, Math.random()), signal);
    history = await store.load(ref, { signal, fromLeader: true });
  }
}

/** The state after the events of a history. */
export function stateOf<State, Event extends Fact>(
  decider: Pick<Decider<State, never, Event>, 'evolve' | 'initialState'>,
  history: Pick<History, 'events'>,
): State {
  // The catalogue has parsed every event by the schema of its type.
  return fold(decider, history.events as unknown as readonly Event[]);
}

export function newEvent(fact: Fact, origin: CommandOrigin): NewEvent {
  return {
    type: fact.type,
    data: fact.data as NewEvent['data'],
    actor: origin.actor,
    causationId: origin.causationId,
    correlationId: origin.correlationId,
  };
}
