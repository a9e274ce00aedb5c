import { deepStrictEqual, fail } from 'node:assert/strict';
import { fold, isAppError, type Decider, type Fact } from '@trunkline/kernel';

export interface Given<Command, Event> {
  when(command: Command): When<Event>;
}

export interface When<Event> {
  /** The decision is exactly this fact; `undefined`: nothing happens. */
  then(expected: Event | undefined): void;
  /** The command is refused with this code of the error catalogue. */
  thenRefused(code: string): void;
}

/** `given(decider, [facts]).when(command).then(fact)`; for one decider use `specFor`. */
export function given<State, Command, Event extends Fact>(
  decider: Decider<State, Command, Event>,
  history: readonly Event[],
): Given<Command, Event> {
  const decide = (command: Command): Event | undefined =>
    decider.decide(fold(decider, history), command);
  return {
    when: (command) => ({
      then: (expected) => deepStrictEqual(decide(command), expected),
      thenRefused: (code) =>
        deepStrictEqual(
          refusalOf(() => decide(command)),
          code,
        ),
    }),
  };
}

/** Binds the decider once: `const given = specFor(tenantDecider)`. */
export function specFor<State, Command, Event extends Fact>(
  decider: Decider<State, Command, Event>,
): (history: readonly Event[]) => Given<Command, Event> {
  return (history) => given(decider, history);
}

function refusalOf(decide: () => unknown): string {
  let decided: unknown;
  try {
    decided = decide();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  fail(`expected a refusal, got ${JSON.stringify(decided)}`);
}
