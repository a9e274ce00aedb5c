import { randomUUID } from 'node:crypto';
import type { CarrierCall } from '../carrier-call.js';

interface Ids {
  readonly callLegId: string;
  readonly callSessionId: string;
}

const ids = new WeakMap<CarrierCall, Ids>();

/** A call has three names; only the control id takes commands. */
export function idsOf(call: CarrierCall): Ids {
  const known = ids.get(call) ?? { callLegId: randomUUID(), callSessionId: randomUUID() };
  ids.set(call, known);
  return known;
}
