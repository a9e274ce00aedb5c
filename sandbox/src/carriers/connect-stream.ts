import { MediaSocket, type SocketEnd } from './media/media-socket.js';
import type { StreamOrder } from './media/wire.js';
import { pickUp } from './pick-up.js';
import type { RunningCall } from './running-call.js';
import type { Headers } from './signing.js';

const RECONNECT_MS = 500;
const MAX_RETRIES = 10;

interface Opened {
  readonly socket: MediaSocket;
  readonly streamId: string;
  readonly isOpen: boolean;
}

/** Connects the call to the platform's audio socket until one side has had enough. */
export async function connectStream(running: RunningCall, order: StreamOrder): Promise<void> {
  const { call } = running;
  const retries = Math.min(order.maxRetries ?? 0, MAX_RETRIES);
  const signal = call.followSignal;
  for (let attempt = 0; attempt <= retries && !signal.aborted; attempt += 1) {
    if (attempt > 0 && !(await call.wait(RECONNECT_MS, signal))) return;
    const end = await streamOn(running, { order, signal, opened: await open(running, order) });
    if (!isWorthRetrying(end)) return;
  }
}

/** Telnyx may open the socket while it rings; `start` comes with the answer, or never. */
export async function connectBeforeAnswer(
  running: RunningCall,
  order: StreamOrder,
): Promise<() => Promise<void>> {
  const { call } = running;
  const opened = await open(running, order);
  const { signal } = call;
  const close = (): void => void opened.socket.close();
  signal.addEventListener('abort', close, { once: true });
  return async () => {
    signal.removeEventListener('abort', close);
    await streamOn(running, { order, signal: call.followSignal, opened });
  };
}

/** What ended in order does not come back. */
function isWorthRetrying(end: SocketEnd): boolean {
  return end.by === 'dropped' || (end.by === 'platform' && end.code !== 1000);
}

async function open(running: RunningCall, order: StreamOrder): Promise<Opened> {
  const { call, dialect, faults } = running;
  const { wire, streamId } = dialect.openWire(call, order);
  const socket = new MediaSocket({
    url: order.url,
    headers: handshakeHeaders(running, order.url),
    wire,
    faults: faults.socket(),
    note: (what) => call.note(what),
    onDigits: (digits) => call.heardDigits.push(...digits),
  });
  return { socket, streamId, isOpen: await socket.opened() };
}

function handshakeHeaders({ call, dialect, faults }: RunningCall, url: string): Headers {
  const mood = faults.handshake();
  if (mood === 'missing') return {};
  return dialect.handshakeHeaders(mood === 'wrong' ? `${url}/x` : url, call.options.account);
}

interface Streaming {
  readonly order: StreamOrder;
  readonly signal: AbortSignal;
  readonly opened: Opened;
}

async function streamOn(
  running: RunningCall,
  { order, signal, opened }: Streaming,
): Promise<SocketEnd> {
  const { call, tell } = running;
  const { socket, streamId, isOpen } = opened;
  const { statusUrl } = order;
  const news = { kind: 'stream', streamId, statusUrl } as const;
  const close = (): void => void socket.close();
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });
  if (isOpen && !signal.aborted) {
    call.socket = socket;
    socket.start(pickUp(running));
  }
  tell({ ...news, state: isOpen ? 'started' : 'failed' });
  const end = await socket.ended;
  signal.removeEventListener('abort', close);
  if (isOpen) tell({ ...news, state: 'stopped' });
  call.socket = undefined;
  call.note(`stream ended by ${end.by} (${end.code}${end.reason && ` ${end.reason}`})`);
  return end;
}
