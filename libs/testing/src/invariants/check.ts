import { sleep } from '@trunkline/kernel';
import type { Circumstances, Evidence, Violation } from './evidence.js';
import { gather, type Places } from './gather.js';
import { judge } from './judge.js';

export interface Verdict {
  readonly violations: readonly Violation[];
  /** How much was looked at: a verdict over nothing is none. */
  readonly looked: {
    readonly events: number;
    readonly calls: number;
    readonly recordings: number;
    readonly legs: number;
  };
  readonly evidence: Evidence;
}

const EVERY_MS = 500;

/** Looks until everything holds, or the time in which it has to is over. */
export async function checkInvariants(
  places: Places,
  { within, ...told }: Circumstances & { readonly within: number },
): Promise<Verdict> {
  const endsAtMs = performance.now() + within;
  for (;;) {
    const evidence = await gather(places, told);
    const violations = judge(evidence);
    if (violations.length === 0 || performance.now() > endsAtMs) {
      return { violations, evidence, looked: countOf(evidence) };
    }
    await sleep(EVERY_MS);
  }
}

function countOf({ events, legs }: Evidence): Verdict['looked'] {
  const count = (type: string): number => events.filter((event) => event.type === type).length;
  return {
    events: events.length,
    calls: count('call.started'),
    recordings: count('call.recording-stored'),
    legs: legs.length,
  };
}
