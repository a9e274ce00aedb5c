import { systemClock, type Clock } from '@trunkline/kernel';
import type { Logger } from '../telemetry/logger.js';

const signals = ['SIGTERM', 'SIGINT'] as const;

/** A terminal's Ctrl-C reaches the service twice: from the terminal and from its launcher. */
const ECHO_MS = 500;

export interface SignalOptions {
  readonly stop: (reason: string) => Promise<number>;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** The first signal stops in order and exits with the outcome, a second one exits at once. */
export function ownSignals(options: SignalOptions): void {
  const clock = options.clock ?? systemClock;
  let firstMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (firstMs === undefined) {
      firstMs = clock.nowMs();
      void exitAfter(options.stop(signal));
    } else if (clock.nowMs() - firstMs > ECHO_MS) {
      options.logger.warn('lifecycle.second-signal', { signal });
      process.exit(1);
    }
  };
  for (const signal of signals) process.on(signal, onSignal);
}

async function exitAfter(stopping: Promise<number>): Promise<void> {
  try {
    process.exit(await stopping);
  } catch {
    process.exit(1);
  }
}

/** A bug nobody caught leaves an unknown state: say so and go. */
export function dieOnBugs(logger: Logger): void {
  const die = (error: unknown): void => {
    logger.fatal('process.bug', { error });
    process.exit(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
}
