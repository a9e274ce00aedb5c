import type { NatsConnection } from '@nats-io/transport-node';
import { checkNatsServer, type NatsServerCheck } from './check-nats-server.js';
import { requireStreams } from './ensure-streams.js';

/** At boot: a server on which nothing acknowledged is lost, and streams that forget nothing. */
export async function requireLog(
  connection: NatsConnection,
  check: Omit<NatsServerCheck, 'clustered'>,
): Promise<void> {
  // A server of a cluster says so itself.
  await checkNatsServer(connection, { ...check, clustered: false });
  await requireStreams(connection);
}
