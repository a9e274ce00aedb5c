import { ConfigError, exitForConfig } from '../config/load-config.js';
import { Metrics } from '../telemetry/metrics.js';
import { bootReason } from '../telemetry/nest-logger.js';
import { dieOnBugs, ownSignals } from './own-signals.js';
import { serviceLogger, startService, type ServiceOptions } from './start-service.js';

/** Boots a service and owns its process: signals, bugs and the exit code. */
export async function runService(
  options: Omit<ServiceOptions, 'signal' | 'logger' | 'metrics'>,
): Promise<void> {
  const metrics = new Metrics(options.name);
  const logger = serviceLogger(options, metrics);
  const boot = new AbortController();
  dieOnBugs(logger);
  let stop = (_reason: string): Promise<number> => {
    boot.abort(new Error('stopped while starting'));
    return Promise.resolve(0);
  };
  ownSignals({ logger, stop: (reason) => stop(reason) });
  try {
    const running = await startService({ ...options, logger, metrics, signal: boot.signal });
    stop = (reason) => running.stop(reason);
  } catch (error) {
    if (error instanceof ConfigError) exitForConfig(error);
    logger.fatal('service.boot-failed', { error });
    process.stderr.write(`${options.name} did not start: ${bootReason(error)}\n`);
    process.exit(1);
  }
}
