import { isAppError } from '@trunkline/kernel';
import type { Metrics } from '../telemetry/metrics.js';

export interface Timing {
  readonly metrics: Metrics;
  readonly side: 'client' | 'server';
  readonly service: string;
  readonly verb: string;
}

/** Observes how long it took and how it ended: `ok` or the code of the error. */
export async function timed<T>(timing: Timing, work: () => Promise<T>): Promise<T> {
  const { metrics, side, service, verb } = timing;
  const end = metrics.rpcSeconds.startTimer({ side, service, verb });
  let outcome = 'ok';
  try {
    return await work();
  } catch (error) {
    outcome = isAppError(error) ? error.code : 'internal';
    throw error;
  } finally {
    end({ outcome });
  }
}
