import type { CheckResult } from '@trunkline/contracts';

/** What the last key check said, as long as it was about the present secret. */
export interface LastTest {
  readonly outcome: CheckResult['outcome'];
  readonly httpStatus: number | null;
  readonly testedAt: string;
}

export function lastTest(
  result: CheckResult,
  at: { readonly generation: number; readonly testedAt: string; readonly before: LastTest | null },
): LastTest | null {
  if (result.generation !== at.generation) return at.before;
  return { outcome: result.outcome, httpStatus: result.httpStatus, testedAt: at.testedAt };
}
