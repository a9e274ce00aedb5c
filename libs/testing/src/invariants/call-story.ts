import type { CallFact } from '@trunkline/contracts';
import type { Evidence, LoggedEvent } from './evidence.js';

type DataOf<Type extends CallFact['type']> = Extract<CallFact, { readonly type: Type }>['data'];

/** The facts of one call, in the order of the log. */
export class CallStory {
  constructor(
    readonly id: string,
    readonly facts: readonly LoggedEvent[],
  ) {}

  of<Type extends CallFact['type']>(
    type: Type,
  ): readonly (Omit<LoggedEvent, 'data'> & { readonly data: DataOf<Type> })[] {
    return this.facts.filter((fact) => fact.type === type) as never;
  }

  get wasSwept(): boolean {
    return this.of('call.ended').some(({ data }) => data.reason === 'error_runtime_lost');
  }

  get started(): DataOf<'call.started'> | undefined {
    return this.of('call.started')[0]?.data;
  }
}

export function callStories({ events }: Pick<Evidence, 'events'>): readonly CallStory[] {
  const calls = events.filter(({ aggregate }) => aggregate === 'call');
  return [...Map.groupBy(calls, ({ id }) => id)].map(([id, facts]) => new CallStory(id, facts));
}
