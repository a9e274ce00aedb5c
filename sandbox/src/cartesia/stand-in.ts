import type { Desk } from '../core/desk.js';
import { faultsOf } from '../core/faults.js';
import type { StandIn } from '../core/stand-in.js';
import { Ledger } from '../model/ledger.js';
import { Renderer } from '../model/rendered.js';
import { answerBytes } from './bytes.js';
import { cartesiaFaults, Connection, type Shop } from './connection.js';
import { keyIn, metAtTheDoor } from './front-door.js';
import { badKey, badRequest, type CartesiaError } from './messages.js';
import { prepareSpeech } from '../speech/speak.js';
import { cartesiaSettings, prepareOrder } from './settings.js';

const TEXTS_AT_ONCE = 20;

/** Cartesia: speech over one socket for many contexts, or as the body of an answer. */
export function cartesiaStandIn(desk: Desk): StandIn {
  let settings = cartesiaSettings.parse({});
  const shop: Shop = {
    desk,
    renderer: new Renderer(),
    ledger: new Ledger(),
    settings: () => settings,
    atWork: new Map(),
  };
  return {
    name: 'cartesia',
    faults: faultsOf(cartesiaFaults),
    async request(exchange) {
      const route = `${exchange.request.method} ${exchange.path}`;
      if (route !== 'POST /tts/bytes') return false;
      await answerBytes(exchange, shop);
      return true;
    },
    upgrade(...knock) {
      const [, socket] = knock;
      void connect(shop, knock).catch((error: unknown) =>
        socket.destroy(error instanceof Error ? error : undefined),
      );
    },
    async control({ path, query, body }) {
      if (path === '/contexts') return shop.ledger.find(query);
      if (path === '/settings') settings = cartesiaSettings.parse(body);
      else if (path === '/prepare') await prepare(body);
      else return undefined;
      return settings;
    },
    reset() {
      shop.ledger.clear();
      settings = cartesiaSettings.parse({});
    },
  };
}

/** Words never spoken before take long to make; a benchmark has them made beforehand. */
async function prepare(body: unknown): Promise<void> {
  const { texts, language } = prepareOrder.parse(body);
  // Starting the synthesiser costs more than speaking does.
  for (let at = 0; at < texts.length; at += TEXTS_AT_ONCE) {
    await prepareSpeech(texts.slice(at, at + TEXTS_AT_ONCE).join('\n'), language);
  }
}

async function connect(
  shop: Shop,
  knock: Parameters<NonNullable<StandIn['upgrade']>>,
): Promise<void> {
  const [request, socket, head, path] = knock;
  const { sockets } = shop.desk;
  const url = new URL(path, 'http://sandbox');
  if (url.pathname !== '/tts/websocket') return sockets.refuse(socket, { status: 404 });
  const { key, version } = keyIn(request, url.searchParams);
  if (key === undefined) return sockets.refuse(socket, refusal(badKey));
  if (version === undefined) {
    return sockets.refuse(socket, refusal(badRequest('Cartesia-Version is missing.')));
  }
  const met = await metAtTheDoor(shop.desk, { key, text: path }, socket);
  if (met === 'stays out') return;
  if (met !== undefined) return sockets.refuse(socket, refusal(met));
  const webSocket = await sockets.accept('cartesia', { request, socket, head });
  Connection.serve(webSocket, key, shop);
}

const refusal = ({ status, code, title, message }: CartesiaError) => ({
  status,
  body: JSON.stringify({ error_code: code, title, message }),
});
