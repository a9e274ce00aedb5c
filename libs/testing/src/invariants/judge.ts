import type { Evidence, Violation } from './evidence.js';
import { endedAndKept, keptQuiet, nobodyIsLeft, readToItsEnd } from './judge-calls.js';
import { dialledOnce, inTheLogOnce, underItsTenant } from './judge-log.js';

/** Pure: what of I1 to I7 does not hold, once everything is over. */
export function judge(evidence: Evidence): Violation[] {
  return [
    dialledOnce,
    inTheLogOnce,
    endedAndKept,
    readToItsEnd,
    underItsTenant,
    nobodyIsLeft,
    keptQuiet,
  ].flatMap((rule) => rule(evidence));
}
