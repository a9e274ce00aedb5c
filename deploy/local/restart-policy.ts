export interface RestartHistory {
  /** Deaths in a row, without a steady run between them. */
  readonly deaths: number;
}

export const firstLife: RestartHistory = { deaths: 0 };
export const maxRestarts = 6;
const steadyRunMs = 60_000;
const firstDelayMs = 250;
const maxDelayMs = 8_000;

export type Verdict =
  | { readonly kind: 'restart'; readonly delayMs: number; readonly history: RestartHistory }
  | { readonly kind: 'give-up'; readonly history: RestartHistory };

/** Back-off doubles; a run of a minute counts as a fresh start; the seventh death in a row ends it. */
export function afterDeath(history: RestartHistory, ranMs: number): Verdict {
  const deaths = ranMs >= steadyRunMs ? 1 : history.deaths + 1;
  if (deaths > maxRestarts) return { kind: 'give-up', history: { deaths } };
  const delayMs = Math.min(maxDelayMs, firstDelayMs * 2 ** (deaths - 1));
  return { kind: 'restart', delayMs, history: { deaths } };
}
