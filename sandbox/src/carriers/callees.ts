import { createHash } from 'node:crypto';
import { z } from 'zod';
import { callerScript, politeCallee, type CallerScript } from '../phone/script.js';

const ms = z.int().min(0).max(600_000);
const outcomes = ['answer', 'busy', 'no-answer', 'failed', 'rejected'] as const;
const verdicts = ['human', 'machine', 'fax', 'silence', 'unknown'] as const;

/** Who picks up when the platform dials: the newest order whose beginning of a number fits. */
export const calleeOrder = z.strictObject({
  /** The number or its beginning; left out: everybody. */
  to: z
    .string()
    .regex(/^\+\d{0,15}$/)
    .default('+'),
  accountId: z.string().max(64).optional(),
  outcome: z.enum(outcomes).default('answer'),
  /** Shares of outcomes over many numbers; each number has always the same. */
  mix: z.partialRecord(z.enum(outcomes), z.number().min(0)).optional(),
  ringAfterMs: ms.default(100),
  answerAfterMs: ms.default(1_000),
  machine: z.enum(verdicts).default('human'),
  detectAfterMs: ms.default(1_500),
  /** When a machine's greeting is over. */
  greetingEndsAfterMs: ms.default(3_000),
  script: callerScript.default(politeCallee),
});
export type CalleeOrder = z.output<typeof calleeOrder>;
export type DialOutcome = (typeof outcomes)[number];

export interface Callee extends Omit<CalleeOrder, 'mix'> {
  readonly script: CallerScript;
}

const MAX_ORDERS = 1_000;

export class Callees {
  #orders: CalleeOrder[] = [];

  add(order: CalleeOrder): void {
    this.#orders = [order, ...this.#orders].slice(0, MAX_ORDERS);
  }

  clear(): void {
    this.#orders = [];
  }

  find(to: string, accountId: string): Callee {
    const order =
      this.#orders.find(
        (one) =>
          to.startsWith(one.to) && (one.accountId === undefined || one.accountId === accountId),
      ) ?? calleeOrder.parse({});
    const { mix, ...callee } = order;
    return mix ? { ...callee, outcome: outcomeOf(mix, to) } : callee;
  }
}

function outcomeOf(mix: Readonly<Partial<Record<DialOutcome, number>>>, to: string): DialOutcome {
  const total = outcomes.reduce((sum, outcome) => sum + (mix[outcome] ?? 0), 0);
  const drawn = createHash('sha256').update(to).digest().readUInt32BE(0) / 2 ** 32;
  let left = drawn * total;
  for (const outcome of outcomes) {
    left -= mix[outcome] ?? 0;
    if (left < 0) return outcome;
  }
  return 'answer';
}
