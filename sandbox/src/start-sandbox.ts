import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keyChecks } from './key-checks/index.js';
import type { KeyCheck, Reply } from './key-checks/reply.js';
import { Moods, moodOrder } from './moods.js';
import type { SandboxSettings } from './settings.js';

export interface Sandbox {
  readonly url: string;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 65_536;
const DRAIN_MS = 2000;

/** Every vendor behind one port, each under its own prefix. */
export async function startSandbox(settings: SandboxSettings): Promise<Sandbox> {
  const moods = new Moods();
  const server = createServer((request, response) => {
    handle(moods, request, response).catch((error: unknown) => {
      send(response, { status: 500, body: { error: String(error) } });
    });
  });
  server.listen(settings.port, settings.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://${settings.host}:${port}`, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}

async function handle(
  moods: Moods,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://sandbox');
  if (pathname === '/livez' || pathname === '/readyz') {
    send(response, { status: 200, body: { status: 'ok' } });
    return;
  }
  if (pathname === '/__control') {
    send(response, await control(moods, request));
    return;
  }
  const reply = vendorReply(moods, request, pathname);
  if (reply) send(response, reply);
}

function vendorReply(moods: Moods, request: IncomingMessage, pathname: string): Reply | undefined {
  const [, provider = '', ...rest] = pathname.split('/');
  const check = checkOf(provider);
  const path = `/${rest.join('/')}`;
  if (!check || request.method !== 'GET' || !check.path.test(path)) {
    return { status: 404, body: { error: 'nothing here' } };
  }
  return replyTo(check, moods.take(provider), { path, request });
}

function checkOf(provider: string): KeyCheck | undefined {
  return Object.hasOwn(keyChecks, provider)
    ? keyChecks[provider as keyof typeof keyChecks]
    : undefined;
}

/** `undefined`: a stall, no answer until the caller gives up. */
function replyTo(
  check: KeyCheck,
  mood: ReturnType<Moods['take']>,
  of: { readonly path: string; readonly request: IncomingMessage },
): Reply | undefined {
  if (mood === 'stall') return undefined;
  if (mood === 'rate-limited') return check.rateLimited();
  if (mood === 'server-error') return { status: 503, body: 'Service Unavailable', text: true };
  const asked = { path: of.path, headers: singleHeaders(of.request) };
  const key = check.keyIn(asked);
  return key === undefined || key.startsWith('bad') ? check.refused() : check.accepted(asked);
}

function singleHeaders(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(',')]),
  );
}

async function control(moods: Moods, request: IncomingMessage): Promise<Reply> {
  if (request.method === 'GET') return { status: 200, body: { asked: moods.asked() } };
  const order = moodOrder.safeParse(await jsonOf(request));
  if (!order.success || !Object.hasOwn(keyChecks, order.data.provider)) {
    return { status: 400, body: { error: 'expected { provider, mood, times? }' } };
  }
  moods.set(order.data);
  return { status: 200, body: order.data };
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function send(response: ServerResponse, reply: Reply): void {
  const text = reply.text ? String(reply.body) : JSON.stringify(reply.body);
  response.writeHead(reply.status, {
    'content-type': reply.text ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
    ...reply.headers,
  });
  response.end(text);
}
