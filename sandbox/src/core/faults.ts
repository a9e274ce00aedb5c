import { z } from 'zod';

const delayMs = z.int().min(0).max(600_000);
const count = z.int().min(0).max(1_000_000);

/** What any vendor may do wrong; `faultsOf` picks those one stand-in knows. */
const kinds = {
  /** Every answer starts so much later. */
  slow: z.strictObject({ kind: z.literal('slow'), delayMs }),
  /** No answer until the caller gives up. */
  stall: z.strictObject({ kind: z.literal('stall') }),
  refuse: z.strictObject({ kind: z.literal('refuse'), status: z.int().min(400).max(599) }),
  'rate-limit': z.strictObject({
    kind: z.literal('rate-limit'),
    retryAfterSeconds: z.number().min(0).max(3600).default(1),
  }),
  'server-error': z.strictObject({
    kind: z.literal('server-error'),
    status: z.int().min(500).max(599).default(500),
  }),
  /** The connection breaks without a farewell. */
  'die-in-middle': z.strictObject({
    kind: z.literal('die-in-middle'),
    afterMessages: count.optional(),
    afterMs: delayMs.optional(),
  }),
  /** The connection stays open, but nothing more comes. */
  'stall-in-middle': z.strictObject({
    kind: z.literal('stall-in-middle'),
    afterMessages: count.default(1),
  }),
  /** Every message twice. */
  twice: z.strictObject({ kind: z.literal('twice') }),
  /** Every message so much later. */
  late: z.strictObject({ kind: z.literal('late'), delayMs }),
  /** Each pair of messages the wrong way round. */
  'out-of-order': z.strictObject({ kind: z.literal('out-of-order') }),
} as const;

export type FaultKind = keyof typeof kinds;
export type FaultOf<K extends FaultKind> = z.output<(typeof kinds)[K]>;
export type Fault = FaultOf<FaultKind>;

/** Before anything is said. */
export const doorFaults = ['slow', 'stall', 'refuse', 'rate-limit', 'server-error'] as const;
/** Once messages flow. */
export const streamFaults = [
  'die-in-middle',
  'stall-in-middle',
  'twice',
  'late',
  'out-of-order',
] as const;

export function faultsOf(
  names: readonly FaultKind[] = [...doorFaults, ...streamFaults],
): z.ZodType {
  return z.union(names.map((name) => kinds[name]));
}

/** `times`: for so many meetings; left out: until told otherwise. `after`: so many go well first. */
export const faultOrder = z.strictObject({
  provider: z.string(),
  fault: z.looseObject({ kind: z.string() }),
  times: z.int().min(1).max(1_000_000).optional(),
  after: z.int().min(0).max(1_000_000).optional(),
  /** Only for this credential. */
  key: z.string().max(500).optional(),
  /** Only where this occurs in what the stand-in shows the book: URL, prompt, transcript. */
  match: z.string().max(500).optional(),
});
export type FaultOrder = z.output<typeof faultOrder>;

/** Who meets the book, and which faults it could act out at this point. */
export interface Meeting<K extends string> {
  readonly provider: string;
  readonly kinds: readonly K[];
  readonly key?: string | undefined;
  readonly text?: string | undefined;
}

interface Entry {
  readonly order: FaultOrder;
  toSkip: number;
  left: number;
}

const MAX_ORDERS = 1000;

/** Orders in the sequence they were given; the first that fits a meeting is acted out. */
export class FaultBook {
  #entries: Entry[] = [];

  add(order: FaultOrder): void {
    this.#entries = [
      ...this.#entries.filter(({ left }) => left > 0),
      { order, toSkip: order.after ?? 0, left: order.times ?? Infinity },
    ].slice(-MAX_ORDERS);
  }

  /** All, or those of one provider or one key. */
  clear(only: { readonly provider?: string; readonly key?: string } = {}): void {
    this.#entries = this.#entries.filter(
      ({ order }) =>
        (only.provider !== undefined && order.provider !== only.provider) ||
        (only.key !== undefined && order.key !== only.key),
    );
  }

  /** K beyond the shared kinds: the stand-in's own, as its schema let them in. */
  take<K extends string>(meeting: Meeting<K>): FaultFor<K> | undefined {
    for (const entry of this.#entries) {
      if (entry.left <= 0 || !fits(entry.order, meeting)) continue;
      if (entry.toSkip > 0) {
        entry.toSkip -= 1;
        continue;
      }
      entry.left -= 1;
      return entry.order.fault as unknown as FaultFor<K>;
    }
    return undefined;
  }
}

export type FaultFor<K extends string> = K extends FaultKind
  ? FaultOf<K>
  : { readonly kind: K; readonly [field: string]: unknown };

function fits(order: FaultOrder, meeting: Meeting<string>): boolean {
  if (order.provider !== meeting.provider) return false;
  if (!meeting.kinds.includes(order.fault.kind)) return false;
  if (order.key !== undefined && order.key !== meeting.key) return false;
  return order.match === undefined || (meeting.text ?? '').includes(order.match);
}
