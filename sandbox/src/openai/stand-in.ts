import type { Desk } from '../core/desk.js';
import { sendReply } from '../core/exchange.js';
import { faultsOf } from '../core/faults.js';
import { BadOrder, type ControlOrder, type Exchange, type StandIn } from '../core/stand-in.js';
import { Ledger } from '../model/ledger.js';
import { Mind } from '../model/mind.js';
import { scriptOrder } from '../model/script.js';
import { Renderer } from '../model/rendered.js';
import { answerChat, type ChatShop, type ToldChat } from './chat.js';
import { acceptRealtime } from './realtime/accept.js';
import { embeddingsAnswer, embeddingsRequest } from './embeddings.js';
import { admit, keyOf, openAiFaults } from './front-door.js';
import { parsedBody } from './parsed-body.js';
import { defaultTiming, timingOrder, type ModelTiming } from './timing.js';

/** OpenAI: chat completions and embeddings over HTTP, speech to speech over a socket. */
export function openAiStandIn(desk: Desk): StandIn {
  const { shop, ...standIn } = chatStandIn(desk, 'openai');
  const realtime = { ...shop, renderer: new Renderer() };
  return {
    ...standIn,
    async request(exchange) {
      if (await standIn.request(exchange)) return true;
      if (`${exchange.request.method} ${exchange.path}` !== 'POST /v1/embeddings') return false;
      await answerEmbeddings(exchange, desk);
      return true;
    },
    upgrade(...knock) {
      const [, socket] = knock;
      void acceptRealtime(knock, realtime).catch((error: unknown) =>
        socket.destroy(error instanceof Error ? error : undefined),
      );
    },
  };
}

type ChatStandIn = StandIn & Required<Pick<StandIn, 'request'>> & { readonly shop: ChatShop };

/** Any vendor that is asked for chat completions the way OpenAI is. */
export function chatStandIn(desk: Desk, name: string): ChatStandIn {
  const mind = new Mind();
  let timing: ModelTiming = defaultTiming;
  const ledger = new Ledger<ToldChat>();
  const shop = { provider: name, desk, mind, ledger, timing: () => timing };
  return {
    name,
    shop,
    faults: faultsOf(openAiFaults),
    async request(exchange) {
      if (`${exchange.request.method} ${exchange.path}` !== 'POST /v1/chat/completions')
        return false;
      await answerChat(exchange, shop);
      return true;
    },
    async control(order) {
      if (order.path === '/asked') return ledger.find(order.query);
      if (order.path === '/timing') timing = timingOrder.parse(order.body);
      else if (order.path === '/script') learn(mind, order);
      else return undefined;
      return { ok: true };
    },
    reset() {
      mind.forget();
      ledger.clear();
      timing = defaultTiming;
    },
  };
}

function learn(mind: Mind, { method, query, body }: ControlOrder): void {
  if (method === 'DELETE') return mind.forget(query.get('key') ?? undefined);
  if (method !== 'POST') throw new BadOrder('POST a script, or DELETE all');
  mind.learn(scriptOrder.parse(body));
}

async function answerEmbeddings(exchange: Exchange, desk: Desk): Promise<void> {
  const key = keyOf(exchange);
  if (key === undefined) return;
  const request = await parsedBody(exchange, embeddingsRequest);
  if (!request) return;
  const text = `${request.model}\n${[request.input].flat().join('\n')}`;
  if (!admit(desk, exchange, { provider: 'openai', key, text })) return;
  sendReply(exchange.response, { status: 200, body: embeddingsAnswer(request) });
}
