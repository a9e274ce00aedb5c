import { MediaSocket, type SocketEnd } from './media/media-socket.js';
import type { StreamOrder } from './media/wire.js';
import { pickUp } from './pick-up.js';
import type { RunningCall } from './running-call.js';

const RECONNECT_MS = 500;
const MAX_RETRIES = 10;

/** Connects the call to the platform's audio socket until one side has had enough. */
export async function connectStream(running: RunningCall, order: StreamOrder): Promise<void> {
  const { call } = running;
  const retries = Math.min(order.maxRetries ?? 0, MAX_RETRIES);
  const signal = call.followSignal;
  for (let attempt = 0; attempt <= retries && !signal.aborted; attempt += 1) {
    if (attempt > 0 && !(await call.wait(RECONNECT_MS, signal))) return;
    const end = await streamOnce(running, order, signal);
    call.note(`stream ended by ${end.by} (${end.code}${end.reason && ` ${end.reason}`})`);
    if (!isWorthRetrying(end)) return;
  }
}

/** What ended in order does not come back. */
function isWorthRetrying(end: SocketEnd): boolean {
  return end.by === 'dropped' || (end.by === 'platform' && end.code !== 1000);
}

async function streamOnce(
  running: RunningCall,
  order: StreamOrder,
  signal: AbortSignal,
): Promise<SocketEnd> {
  const { call, dialect, faults, tell } = running;
  const { wire, streamId } = dialect.openWire(call, order);
  const { statusUrl } = order;
  const socket = new MediaSocket({
    url: order.url,
    headers: dialect.handshakeHeaders(order.url, call.options.account),
    wire,
    faults: faults.socket(),
    note: (what) => call.note(what),
    onDigits: (digits) => call.heardDigits.push(...digits),
  });
  const close = (): void => void socket.close();
  signal.addEventListener('abort', close, { once: true });
  if (await socket.opened()) {
    call.socket = socket;
    socket.start(pickUp(running));
    tell({ kind: 'stream', state: 'started', streamId, statusUrl });
  } else {
    tell({ kind: 'stream', state: 'failed', streamId, statusUrl });
  }
  const end = await socket.ended;
  signal.removeEventListener('abort', close);
  if (end.by !== 'refused') tell({ kind: 'stream', state: 'stopped', streamId, statusUrl });
  call.socket = undefined;
  return end;
}
