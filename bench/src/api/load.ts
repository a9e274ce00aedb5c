export interface Load {
  readonly clients: number;
  readonly tookMs: readonly number[];
  readonly elapsedMs: number;
  readonly failed: number;
}

export interface LoadOptions {
  readonly clients: number;
  readonly count: number;
  readonly work: () => Promise<unknown>;
}

/** Closed loop: each client sends its next request when the last was answered. */
export async function load(options: LoadOptions): Promise<Load> {
  const tookMs: number[] = [];
  let left = options.count;
  let failed = 0;
  const startedAtMs = performance.now();
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const beforeMs = performance.now();
      try {
        await options.work();
      } catch (error) {
        failed += 1;
        if (failed === 1) console.error(`first failure: ${String(error)}`);
      }
      tookMs.push(performance.now() - beforeMs);
    }
  };
  await Promise.all(Array.from({ length: options.clients }, client));
  return { clients: options.clients, tookMs, elapsedMs: performance.now() - startedAtMs, failed };
}
