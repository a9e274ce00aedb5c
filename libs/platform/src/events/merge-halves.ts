import type { Envelope } from '@trunkline/contracts';

/** By version; where both halves hold an event the cold one counts: it may be redacted already. */
export function mergeHalves(
  cold: readonly Envelope[],
  hot: readonly Envelope[],
): readonly Envelope[] {
  const byVersion = new Map<number, Envelope>();
  for (const event of hot) byVersion.set(event.v, event);
  for (const event of cold) byVersion.set(event.v, event);
  return [...byVersion.values()].toSorted((one, other) => one.v - other.v);
}

/** True for 1, 2, 3, … without a hole, and for nothing at all. */
export function isWhole(events: readonly Envelope[]): boolean {
  return events.every((event, index) => event.v === index + 1);
}
