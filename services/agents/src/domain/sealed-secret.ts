import type { CheckResult } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';

/** What a provider credential and a carrier account have in common. */
export interface SealedState {
  readonly exists: boolean;
  readonly removed: boolean;
  readonly generation: number;
  readonly sealed: Readonly<Record<string, string>>;
}

export interface NewSecret {
  readonly sealed: Record<string, string>;
  readonly lastFour: string;
}

export type SealedCommand<Secret extends NewSecret> =
  | { readonly do: 'rotate'; readonly secret: Secret }
  | { readonly do: 'record-test'; readonly result: CheckResult }
  | { readonly do: 'remove' };

export const noSecret: SealedState = { exists: false, removed: false, generation: 0, sealed: {} };

/** A removed one is gone for everybody: it answers like one that never was. */
export function assertKept(state: SealedState): void {
  if (!state.exists || state.removed) throw new AppError('request.not-found');
}

export function saved(state: SealedState, sealed: Readonly<Record<string, string>>): SealedState {
  return { ...state, exists: true, generation: 1, sealed };
}

export function rotated(
  state: SealedState,
  to: { readonly generation: number; readonly sealed: Readonly<Record<string, string>> },
): SealedState {
  return { ...state, generation: to.generation, sealed: to.sealed };
}

export function removed(state: SealedState): SealedState {
  return { ...state, removed: true, sealed: {} };
}
