import { liveSubject, PLATFORM_TENANT, type PodLoad } from '@trunkline/contracts';
import type { NatsConnections } from '@trunkline/platform';
import type { Reservations } from '../../app/door/reservations.js';

const EVERY_MS = 1000;

/** Tells each second how full this pod is: volatile, for whoever spreads calls. */
export function publishLoad(
  nats: NatsConnections,
  pod: string,
  reservations: Reservations,
): () => void {
  const subject = liveSubject(PLATFORM_TENANT, ['pod', pod]);
  const publish = (): void => {
    const load: PodLoad = {
      ...{ type: 'pod-load', pod, capacity: reservations.capacity },
      ...{ active: reservations.liveCount, reserved: reservations.heldCount },
      ...{ isTaking: reservations.isTaking, at: new Date().toISOString() },
    };
    // While NATS is away there is nobody to tell, and old news would only queue up.
    if (nats.isConnected) nats.connection.publish(subject, JSON.stringify(load));
  };
  const timer = setInterval(publish, EVERY_MS);
  publish();
  return () => clearInterval(timer);
}
