/** A fact before it has an envelope. */
export interface Fact<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/**
 * The whole business of one aggregate as two pure functions. `decide` answers with at most
 * one fact (several facts of one moment are fields of one fact), or throws an AppError.
 */
export interface Decider<State, Command, Event extends Fact> {
  readonly initialState: State;
  decide(state: State, command: Command): Event | undefined;
  evolve(state: State, event: Event): State;
}

export function fold<State, Event extends Fact>(
  decider: Pick<Decider<State, never, Event>, 'evolve' | 'initialState'>,
  events: Iterable<Event>,
): State {
  let state = decider.initialState;
  for (const event of events) state = decider.evolve(state, event);
  return state;
}
