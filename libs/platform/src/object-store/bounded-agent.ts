import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';

const MAX_SOCKETS = 64;
/** Longer than any call's limit: it only ends sockets nobody waits for any more. */
const SILENT_LIMIT_MS = 60_000;

/**
 * The client has no way to cancel a request, so a peer that went silent would keep its socket
 * for ever: these close themselves.
 */
export function boundedAgent(secure: boolean): HttpAgent {
  const options = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (connectOptions, onCreate): Duplex | null | undefined => {
    const socket = connect(connectOptions, onCreate);
    if (socket && 'setTimeout' in socket && typeof socket.setTimeout === 'function') {
      socket.setTimeout(SILENT_LIMIT_MS, () => socket.destroy());
    }
    return socket;
  };
  return agent;
}
