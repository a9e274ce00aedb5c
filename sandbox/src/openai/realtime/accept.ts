import { singleHeaders } from '../../core/exchange.js';
import { doorFaults, streamFaults } from '../../core/faults.js';
import type { StandIn } from '../../core/stand-in.js';
import { bearerIn } from '../../key-checks/reply.js';
import {
  badKey,
  badRequest,
  errorBody,
  rateLimited,
  serverError,
  type OpenAiError,
} from '../openai-error.js';
import { RealtimeConnection, type Admission, type RealtimeShop } from './connection.js';

const SUBPROTOCOL_KEY = /(?:^|,\s*)openai-insecure-api-key\.([^,\s]+)/;

type Knock = Parameters<NonNullable<StandIn['upgrade']>>;

/** `wss …/v1/realtime?model=…`; anything else is refused. */
export async function acceptRealtime(knock: Knock, shop: RealtimeShop): Promise<void> {
  const [request, socket, head, path] = knock;
  const { sockets } = shop.desk;
  const url = new URL(path, 'http://sandbox');
  if (url.pathname !== '/v1/realtime') return sockets.refuse(socket, { status: 404 });
  const headers = singleHeaders(request);
  const key =
    bearerIn({ path, headers }, 'Bearer') ??
    SUBPROTOCOL_KEY.exec(headers['sec-websocket-protocol'] ?? '')?.[1];
  const model = url.searchParams.get('model');
  const met =
    key === undefined || key.startsWith('bad') ? badKey : admit(shop, { key, model, text: path });
  if (met === 'stays out') return;
  if ('message' in met) {
    const { status, headers: more } = met;
    const body = JSON.stringify(errorBody(met));
    return sockets.refuse(socket, { status, body, ...(more && { headers: more }) });
  }
  const webSocket = await sockets.accept('openai', { request, socket, head });
  RealtimeConnection.serve(webSocket, met, shop);
}

function admit(
  { desk }: RealtimeShop,
  {
    key,
    model,
    text,
  }: { readonly key: string; readonly model: string | null; readonly text: string },
): Admission | OpenAiError | 'stays out' {
  if (!model) return badRequest('You must provide a model parameter.', 'model');
  const kinds = [...doorFaults, ...streamFaults];
  const fault = desk.faults.take({ provider: 'openai', kinds, key, text });
  switch (fault?.kind) {
    case undefined:
      return { key, model, fault: undefined, slowMs: 0 };
    case 'stall':
      return 'stays out';
    case 'slow':
      return { key, model, fault: undefined, slowMs: fault.delayMs };
    case 'rate-limit':
      return rateLimited(fault.retryAfterSeconds);
    case 'server-error':
      return { ...serverError, status: fault.status };
    case 'refuse':
      return { ...badRequest(`Refused with ${fault.status}.`), status: fault.status };
    default:
      return { key, model, fault, slowMs: 0 };
  }
}
