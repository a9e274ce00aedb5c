import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { probeSubject } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import type { HealthCheck } from './health-registry.js';

/**
 * A stored and acknowledged message: nats-server's own health page has said ok while
 * JetStream was dead.
 */
export function jetStreamCheck(connection: NatsConnection, service: string): HealthCheck {
  const js = jetstream(connection);
  return async () => {
    if (connection.isClosed()) throw new AppError('service.unavailable');
    try {
      await js.publish(probeSubject(service), '', { timeout: 1500 });
    } catch (error) {
      throw new AppError('log.unavailable', { retryable: true, cause: error });
    }
  };
}
