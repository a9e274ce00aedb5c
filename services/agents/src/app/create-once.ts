import type { Envelope } from '@trunkline/contracts';
import { AppError, type Fact } from '@trunkline/kernel';
import { createAggregate, newId } from '@trunkline/platform';
import type { AgentsApp } from './agents-app.js';
import { refOf, type By, type OwnAggregate } from './by.js';

/** What an earlier try of the same request made, before anything is checked again. */
export async function madeEarlier(
  app: AgentsApp,
  by: By,
  aggregate: OwnAggregate,
): Promise<Envelope | undefined> {
  if (by.createdId === undefined) return undefined;
  const ref = refOf(by, aggregate, by.createdId);
  const { events } = await app.store.load(ref, { signal: by.origin.signal });
  const [first] = events;
  if (first && first.causationId !== by.origin.causationId) {
    throw new AppError('idempotency.mismatch');
  }
  return first;
}

export interface NewAggregate {
  readonly aggregate: OwnAggregate;
  readonly id: string;
  readonly fact: Fact;
}

/** Appends the first event and shows it; a repeated request gets the event of the first try. */
export async function createOnce(app: AgentsApp, by: By, made: NewAggregate): Promise<Envelope> {
  const event = await appendFirst(app, by, made);
  await app.views.show(event);
  return event;
}

/** For a caller who shows it together with other work. */
export async function appendFirst(app: AgentsApp, by: By, made: NewAggregate): Promise<Envelope> {
  const { event } = await createAggregate(app.store, {
    ...by.origin,
    ref: refOf(by, made.aggregate, made.id),
    fact: made.fact,
    // None of these ever leaves the hot half whole, so the append itself refuses a second one.
    id: 'minted',
  });
  return event;
}

export function mintId(by: By): string {
  return by.createdId ?? newId();
}
