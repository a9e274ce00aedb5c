import { getText } from './http-json.js';

export interface ProcessSample {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly loopP99Ms: number;
  readonly handles: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
}

/** Each sample of the loop's delay is the whole of its timer's interval. */
const LOOP_INTERVAL_MS = 10;

/** What the measured process says of itself; the loop's delays are those since it was last asked. */
export async function sampleVoice(voiceUrl: string): Promise<ProcessSample> {
  const metrics = await getText(`${voiceUrl}/metrics`);
  const valueOf = (name: string): number => {
    const found = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(metrics);
    return Number(found?.[1] ?? Number.NaN);
  };
  return {
    atMs: performance.now(),
    cpuSeconds: valueOf('process_cpu_seconds_total'),
    residentBytes: valueOf('process_resident_memory_bytes'),
    loopP99Ms: valueOf('nodejs_eventloop_lag_p99_seconds') * 1000 - LOOP_INTERVAL_MS,
    handles: valueOf('nodejs_active_handles_total'),
    heapBytes: valueOf('nodejs_heap_size_used_bytes'),
    externalBytes: valueOf('nodejs_external_memory_bytes'),
  };
}

/** Share of one core between two samples. */
export function coreShare(before: ProcessSample, after: ProcessSample): number {
  return ((after.cpuSeconds - before.cpuSeconds) * 1000) / (after.atMs - before.atMs);
}
