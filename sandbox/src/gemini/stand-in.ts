import type { Desk } from '../core/desk.js';
import { singleHeaders } from '../core/exchange.js';
import { doorFaults, faultsOf, streamFaults } from '../core/faults.js';
import { BadOrder, type StandIn } from '../core/stand-in.js';
import { Mind } from '../model/mind.js';
import { Renderer } from '../model/rendered.js';
import { scriptOrder } from '../model/script.js';
import { LiveSession, type Admission, type GeminiShop } from './live-session.js';
import { geminiSettings } from './settings.js';

const livePath =
  /^\/ws\/google\.ai\.generativelanguage\.v1(?:alpha|beta)\.GenerativeService\.BidiGenerateContent$/;
const kinds = [...doorFaults, ...streamFaults] as const;

/** Gemini Live: speech to speech over a socket. */
export function geminiStandIn(desk: Desk): StandIn {
  const mind = new Mind();
  let settings = geminiSettings.parse({});
  const shop: GeminiShop = {
    desk,
    mind,
    renderer: new Renderer(),
    settings: () => settings,
    handles: new Map(),
  };
  return {
    name: 'gemini',
    faults: faultsOf(kinds),
    upgrade(...knock) {
      const [, socket] = knock;
      void accept(knock, shop).catch((error: unknown) =>
        socket.destroy(error instanceof Error ? error : undefined),
      );
    },
    async control({ method, path, query, body }) {
      if (path === '/settings') settings = geminiSettings.parse(body);
      else if (path !== '/script') return undefined;
      else if (method === 'DELETE') mind.forget(query.get('key') ?? undefined);
      else if (method === 'POST') mind.learn(scriptOrder.parse(body));
      else throw new BadOrder('POST a script, or DELETE all');
      return { ok: true };
    },
    reset() {
      mind.forget();
      settings = geminiSettings.parse({});
    },
  };
}

async function accept(
  [request, socket, head, path]: Parameters<NonNullable<StandIn['upgrade']>>,
  shop: GeminiShop,
): Promise<void> {
  const { sockets } = shop.desk;
  const url = new URL(path, 'http://sandbox');
  if (!livePath.test(url.pathname)) return sockets.refuse(socket, { status: 404 });
  const key = url.searchParams.get('key') ?? singleHeaders(request)['x-goog-api-key'] ?? '';
  const met = admit(shop, key, url.pathname);
  if (met === 'stays out') return;
  if ('status' in met) return sockets.refuse(socket, met);
  const webSocket = await sockets.accept('gemini', { request, socket, head });
  // The real one lets everybody in and then closes with the reason.
  if (key === '') webSocket.close(1008, "Method doesn't allow unregistered callers.");
  else if (key.startsWith('bad')) webSocket.close(1007, 'API key not valid.');
  else LiveSession.serve(webSocket, met, shop);
}

function admit(
  { desk }: GeminiShop,
  key: string,
  text: string,
):
  | Admission
  | { readonly status: number; readonly headers?: Record<string, string> }
  | 'stays out' {
  const fault = desk.faults.take({ provider: 'gemini', kinds, key, text });
  switch (fault?.kind) {
    case undefined:
      return { key, fault: undefined, slowMs: 0 };
    case 'stall':
      return 'stays out';
    case 'slow':
      return { key, fault: undefined, slowMs: fault.delayMs };
    case 'rate-limit':
      return {
        status: 429,
        headers: { 'retry-after': String(Math.ceil(fault.retryAfterSeconds)) },
      };
    case 'server-error':
    case 'refuse':
      return { status: fault.status };
    default:
      return { key, fault, slowMs: 0 };
  }
}
