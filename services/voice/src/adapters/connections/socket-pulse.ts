import type { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';

/** What of a socket has a pulse. */
type Beating = EventEmitter & Pick<WebSocket, 'readyState' | 'OPEN' | 'ping' | 'terminate'>;

const BEAT_MS = 5000;
const DEAD_AFTER_BEATS = 2;

/** Cuts a connection whose other end has gone without saying so; a vendor must answer pings. */
export function watchPulse(socket: Beating): void {
  let missedBeats = 0;
  const alive = (): void => {
    missedBeats = 0;
  };
  const timer = setInterval(() => {
    if (missedBeats >= DEAD_AFTER_BEATS) return socket.terminate();
    missedBeats += 1;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, BEAT_MS);
  socket.on('pong', alive);
  socket.on('message', alive);
  socket.once('close', () => clearInterval(timer));
}
