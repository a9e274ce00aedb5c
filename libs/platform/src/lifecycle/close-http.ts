import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { pause } from './pause.js';

const SWEEP_MS = 100;
const SILENT_MS = 1000;

/** From now on every answer tells the client not to come back on this connection. */
export function sayGoodbye(fastify: FastifyInstance, isStopping: () => boolean): void {
  fastify.addHook('onSend', async (_request, reply) => {
    if (isStopping()) reply.header('connection', 'close');
  });
}

/**
 * Closes connections that were opened and never used, as browsers do ahead of need: to Node
 * they are busy, and once it closes it no longer applies its limit for headers to them.
 */
export function silentConnections(server: Server): () => void {
  const openedAtMs = new Map<Socket, number>();
  server.on('connection', (socket: Socket) => {
    openedAtMs.set(socket, performance.now());
    socket.once('close', () => openedAtMs.delete(socket));
  });
  return () => {
    for (const [socket, atMs] of openedAtMs) {
      if (socket.bytesRead === 0 && performance.now() - atMs > SILENT_MS) socket.destroy();
    }
  };
}

/**
 * Takes no new connection, answers what runs, and lets go of connections as they fall idle:
 * Node closes only those that are idle at the first moment and waits 72 s for the rest.
 */
export async function closeHttp(
  fastify: FastifyInstance,
  { close, closeSilent }: { close: () => Promise<unknown>; closeSilent: () => void },
  signal: AbortSignal,
): Promise<void> {
  const closed = new AbortController();
  const closing = Promise.allSettled([close()]).finally(() => closed.abort());
  const endAll = (): void => fastify.server.closeAllConnections();
  signal.addEventListener('abort', endAll, { once: true });
  while (!closed.signal.aborted) {
    fastify.server.closeIdleConnections();
    closeSilent();
    await pause(SWEEP_MS, closed.signal);
  }
  signal.removeEventListener('abort', endAll);
  const [outcome] = await closing;
  if (outcome.status === 'rejected') throw outcome.reason;
}
