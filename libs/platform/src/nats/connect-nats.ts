import { inboxPrefix } from '@trunkline/contracts';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { AppError, abortable } from '@trunkline/kernel';

export interface NatsOptions {
  /** One server or several with commas. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Shown by the server's monitoring, beside the user. */
  readonly name: string;
  /** Gives up waiting for the first connection. */
  readonly signal?: AbortSignal | undefined;
}

/** Waits for the server as long as it takes and reconnects for ever after. */
export async function connectNats(options: NatsOptions): Promise<NatsConnection> {
  const connecting = connect({
    servers: options.url.split(',').map((server) => server.trim()),
    user: options.user,
    pass: options.password,
    name: options.name,
    inboxPrefix: inboxPrefix(options.user),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    waitOnFirstConnect: true,
    pingInterval: 10_000,
    maxPingOut: 2,
    // A stack per request and per timer costs more than the request does.
    noAsyncTraces: true,
  });
  if (!options.signal) return connecting;
  try {
    return await abortable(connecting, options.signal);
  } catch (error) {
    // Whoever connects after the caller left must not stay connected.
    void Promise.allSettled([connecting.then((late) => late.close())]);
    throw new AppError('service.unavailable', { retryable: true, cause: error });
  }
}
