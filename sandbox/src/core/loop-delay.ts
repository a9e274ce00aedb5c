import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 5;
const NS_PER_MS = 1e6;

/** How late this process' own timers are; above 10 ms nothing it measured is worth printing. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  read(reset: boolean): { p50Ms: number; p99Ms: number; maxMs: number; samples: number } {
    const histogram = this.#histogram;
    const lateMs = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);
    const read = {
      p50Ms: lateMs(histogram.percentile(50)),
      p99Ms: lateMs(histogram.percentile(99)),
      maxMs: lateMs(histogram.count === 0 ? 0 : histogram.max),
      samples: histogram.count,
    };
    if (reset) histogram.reset();
    return read;
  }

  close(): void {
    this.#histogram.disable();
  }
}
