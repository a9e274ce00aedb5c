import type { Envelope } from '@trunkline/contracts';

/**
 * By version. An event in both halves counts once, as the cold one: it may be redacted
 * already. Within a half nothing is dropped, so that a version stored twice is noticed.
 */
export function mergeHalves(
  cold: readonly Envelope[],
  hot: readonly Envelope[],
): readonly Envelope[] {
  const moved = new Set(cold.map((event) => event.v));
  const onlyHot = hot.filter((event) => !moved.has(event.v));
  return [...cold, ...onlyHot].toSorted((one, other) => one.v - other.v);
}

/** True for 1, 2, 3, … without a hole, and for nothing at all. */
export function isWhole(events: readonly Envelope[]): boolean {
  return events.every((event, index) => event.v === index + 1);
}
