import { jetstream } from '@nats-io/jetstream';
import { probeSubject } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { NatsConnections } from '../nats/nats-connections.js';
import type { HealthCheck } from './health-registry.js';

/** Below the registry's own limit; a busy machine takes its time. */
const PUBLISH_MS = 3000;

/**
 * A stored and acknowledged message: nats-server's own health page has said ok while
 * JetStream was dead.
 */
export function jetStreamCheck(nats: NatsConnections, service: string): HealthCheck {
  const js = jetstream(nats.connection);
  return async () => {
    if (!nats.isConnected) throw new AppError('log.unavailable', { retryable: true });
    try {
      await js.publish(probeSubject(service), '', { timeout: PUBLISH_MS });
    } catch (error) {
      throw new AppError('log.unavailable', { retryable: true, cause: error });
    }
  };
}
