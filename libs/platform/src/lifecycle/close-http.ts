import type { FastifyInstance } from 'fastify';
import { pause } from './pause.js';

const SWEEP_MS = 100;

/** From now on every answer tells the client not to come back on this connection. */
export function sayGoodbye(fastify: FastifyInstance, isStopping: () => boolean): void {
  fastify.addHook('onSend', async (_request, reply) => {
    if (isStopping()) reply.header('connection', 'close');
  });
}

/**
 * Takes no new connection, answers what runs, and lets go of connections as they fall idle:
 * Node closes only those that are idle at the first moment and waits 72 s for the rest.
 */
export async function closeHttp(
  fastify: FastifyInstance,
  close: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const closed = new AbortController();
  const closing = Promise.allSettled([close()]).finally(() => closed.abort());
  const endAll = (): void => fastify.server.closeAllConnections();
  signal.addEventListener('abort', endAll, { once: true });
  while (!closed.signal.aborted) {
    fastify.server.closeIdleConnections();
    await pause(SWEEP_MS, closed.signal);
  }
  signal.removeEventListener('abort', endAll);
  const [outcome] = await closing;
  if (outcome.status === 'rejected') throw outcome.reason;
}
