import type { AggregateRef, Envelope } from '@trunkline/contracts';
import type { Decider, Fact } from '@trunkline/kernel';
import {
  createAggregate,
  handleCommand,
  type CommandOrigin,
  type EventStore,
} from '@trunkline/platform';
import type { By } from './by.js';

export interface Change<Command> {
  readonly ref: AggregateRef;
  readonly command: Command;
  readonly by: By;
}

export interface Changed<State> {
  readonly state: State;
  /** Undefined: nothing had to change. */
  readonly event: Envelope | undefined;
}

export interface FactsOptions {
  readonly store: EventStore;
  /** Brings an event into this service's own views, so that who writes can read it at once. */
  readonly show: (event: Envelope) => Promise<void>;
  /** Where a test may kill this process: between the append and the answer. */
  readonly afterAppend?: ((event: Envelope) => void) | undefined;
}

/** The way every change of this service takes: decide, append, show in the own views. */
export class Facts {
  readonly #options: FactsOptions;

  constructor(options: FactsOptions) {
    this.#options = options;
  }

  async change<State, Command, Event extends Fact>(
    decider: Decider<State, Command, Event>,
    { ref, command, by }: Change<Command>,
  ): Promise<Changed<State>> {
    const request = { ref, command, ...originOf(by) };
    const { state, event } = await handleCommand(this.#options.store, decider, request);
    if (event) await this.#appended(event);
    return { state, event };
  }

  /** The creating event; a repeated request gets the one it made before. */
  async create<State, Command, Event extends Fact>(
    decider: Decider<State, Command, Event>,
    { ref, command, by }: Change<Command>,
  ): Promise<Envelope> {
    const fact = decider.decide(decider.initialState, command);
    if (!fact) throw new TypeError('a create has to decide something');
    const id = by.idempotency ? 'derived' : 'minted';
    const request = { ref, fact, id, ...originOf(by) } as const;
    const { event } = await createAggregate(this.#options.store, request);
    await this.#appended(event);
    return event;
  }

  async history(ref: AggregateRef): Promise<readonly Envelope[]> {
    const { events } = await this.#options.store.load(ref);
    return events;
  }

  async #appended(event: Envelope): Promise<void> {
    this.#options.afterAppend?.(event);
    await this.#options.show(event);
  }
}

function originOf(by: By): CommandOrigin {
  return {
    actor: by.actor,
    causationId: by.idempotency?.fingerprint ?? by.correlationId,
    correlationId: by.correlationId,
    signal: by.signal,
  };
}
