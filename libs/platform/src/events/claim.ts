import type { AggregateRef, Envelope } from '@trunkline/contracts';
import type { Decider, Fact } from '@trunkline/kernel';
import { derivedId } from '../ids.js';
import type { EventStore } from './event-store.js';
import { handleCommand, type CommandOrigin } from './handle-command.js';

/** An aggregate that stands for "this key belongs to that holder", e.g. an e-mail address. */
export interface ClaimKind {
  readonly aggregate: string;
  readonly claimed: string;
  readonly released: string;
  /** The field of the claiming event that names the holder. */
  readonly holderField: string;
}

export interface ClaimRequest extends CommandOrigin {
  readonly kind: ClaimKind;
  /** Where the key has to be unique: a tenant, or PLATFORM_TENANT. */
  readonly tenant: string;
  /** The key in its one spelling: normalise it before. */
  readonly key: string;
  readonly holder: string;
}

export type ClaimOutcome =
  /** `event` is undefined when the holder had it already. */
  | {
      readonly outcome: 'claimed';
      readonly event: Envelope | undefined;
    }
  | { readonly outcome: 'taken'; readonly holder: string };

interface ClaimState {
  readonly holder?: string | undefined;
}

type ClaimCommand = 'claim' | 'release';

export function claimRef(request: Pick<ClaimRequest, 'kind' | 'tenant' | 'key'>): AggregateRef {
  const { tenant, kind, key } = request;
  return { tenant, aggregate: kind.aggregate, id: derivedId([key]) };
}

/** At most one holder per key, whoever races: the claim's subject has one next sequence. */
export async function claim(store: EventStore, request: ClaimRequest): Promise<ClaimOutcome> {
  const handled = await handle(store, request, 'claim');
  const { holder } = handled.state;
  return holder === undefined || holder === request.holder
    ? { outcome: 'claimed', event: handled.event }
    : { outcome: 'taken', holder };
}

/** Frees the key if this holder has it; answers the event, if there was something to free. */
export async function releaseClaim(
  store: EventStore,
  request: ClaimRequest,
): Promise<Envelope | undefined> {
  const handled = await handle(store, request, 'release');
  return handled.event;
}

/** Who has the key now. */
export async function claimHolder(
  store: EventStore,
  request: Pick<ClaimRequest, 'kind' | 'tenant' | 'key' | 'signal'>,
): Promise<string | undefined> {
  const { events } = await store.load(claimRef(request), { signal: request.signal });
  const last = events.at(-1);
  return last ? evolve(request.kind, last).holder : undefined;
}

function handle(store: EventStore, request: ClaimRequest, command: ClaimCommand) {
  const { actor, causationId, correlationId, signal } = request;
  const origin = { actor, causationId, correlationId, signal };
  return handleCommand(store, claimDecider(request), {
    ...origin,
    ref: claimRef(request),
    command,
  });
}

function claimDecider(request: ClaimRequest): Decider<ClaimState, ClaimCommand, Fact> {
  const { kind, holder } = request;
  return {
    initialState: {},
    decide(state, command) {
      if (command === 'release') {
        return state.holder === holder ? { type: kind.released, data: {} } : undefined;
      }
      if (state.holder !== undefined) return undefined;
      return { type: kind.claimed, data: { [kind.holderField]: holder } };
    },
    evolve: (_state, event) => evolve(kind, event),
  };
}

function evolve(kind: ClaimKind, event: Fact): ClaimState {
  if (event.type !== kind.claimed) return {};
  return { holder: String((event.data as Record<string, unknown>)[kind.holderField]) };
}
