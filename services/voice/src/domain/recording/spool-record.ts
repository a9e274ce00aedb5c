import type { LaneFrame } from './lane.js';

/** How a spool writes 20 ms: the caller's frame, then the agent's, in the line's own encoding. */
export interface RecordShape {
  readonly frameBytes: number;
  /** What no sound is in that encoding. */
  readonly silence: number;
}

export function recordBytes({ frameBytes }: RecordShape): number {
  return 2 * frameBytes;
}

export function writeRecords(
  shape: RecordShape,
  lanes: { readonly caller: readonly LaneFrame[]; readonly agent: readonly LaneFrame[] },
): Uint8Array {
  const { frameBytes, silence } = shape;
  const bytes = new Uint8Array(lanes.caller.length * recordBytes(shape)).fill(silence);
  for (const [tick, caller] of lanes.caller.entries()) {
    const agent = lanes.agent[tick];
    const at = tick * recordBytes(shape);
    if (caller) bytes.set(caller.subarray(0, frameBytes), at);
    if (agent) bytes.set(agent.subarray(0, frameBytes), at + frameBytes);
  }
  return bytes;
}

/** One lane of whole records, without the other. */
export function laneOf(shape: RecordShape, records: Uint8Array, lane: 0 | 1): Uint8Array {
  const { frameBytes } = shape;
  const ticks = Math.floor(records.length / recordBytes(shape));
  const bytes = new Uint8Array(ticks * frameBytes);
  for (let tick = 0; tick < ticks; tick += 1) {
    const from = (2 * tick + lane) * frameBytes;
    bytes.set(records.subarray(from, from + frameBytes), tick * frameBytes);
  }
  return bytes;
}
