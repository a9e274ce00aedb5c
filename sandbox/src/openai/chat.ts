import { randomUUID } from 'node:crypto';
import type { Desk } from '../core/desk.js';
import { sendReply } from '../core/exchange.js';
import type { Exchange } from '../core/stand-in.js';
import type { Mind } from '../model/mind.js';
import type { Ledger } from '../model/ledger.js';
import { Pacer } from '../model/pacer.js';
import type { Asked } from '../model/script.js';
import { askedIn, chatRequest, historyMistake, promptText } from './chat-request.js';
import {
  chunkFrame,
  completionOf,
  deltasOf,
  lastFrames,
  wholeAnswer,
  type Completion,
} from './completion.js';
import { EventStream } from './event-stream.js';
import { admit, keyOf, refuse, waitedFor, type Admitted } from './front-door.js';
import { jsonExample } from './json-example.js';
import { badRequest, noSuchModel } from './openai-error.js';
import { parsedBody } from './parsed-body.js';
import type { ModelTiming } from './timing.js';

export interface ChatShop {
  /** The prefix it answers under: others speak like OpenAI. */
  readonly provider: string;
  readonly desk: Desk;
  readonly mind: Mind;
  readonly timing: () => ModelTiming;
  readonly ledger: Ledger<ToldChat>;
}

/** What `GET /__control/openai/asked` shows of a request. */
export interface ToldChat {
  readonly id: string;
  readonly model: string;
  readonly messages: readonly unknown[];
  readonly toolNames: readonly string[];
  readonly answer: string;
  outcome: 'open' | 'sent' | 'cancelled';
}

const MAX_TOLD_CHARS = 40_000;

interface Answering {
  readonly asked: Asked;
  readonly completion: Completion;
  readonly withUsage: boolean;
  readonly admitted: Admitted;
  readonly firstTokenAtMs: number;
  readonly tokenMs: number;
  readonly told: ToldChat;
}

export async function answerChat(exchange: Exchange, shop: ChatShop): Promise<void> {
  const key = keyOf(exchange);
  if (key === undefined) return;
  const request = await parsedBody(exchange, chatRequest);
  if (!request) return;
  const startMs = performance.now();
  const mistake = historyMistake(request.messages);
  if (mistake !== undefined) return refuse(exchange, badRequest(mistake, 'messages'));
  if (request.model.startsWith('missing')) return refuse(exchange, noSuchModel(request.model));
  const asked = askedIn(request, key);
  const text = `${request.model}\n${promptText(request)}`;
  const admitted = admit(shop.desk, exchange, { provider: shop.provider, key, text });
  if (!admitted) return;
  const decision = shop.mind.decide(asked, () => jsonExample(request.response_format));
  const completion = completionOf(request, decision);
  const { firstTokenMs, tokenMs } = shop.timing();
  const answering: Answering = {
    asked,
    completion,
    withUsage: request.stream_options?.include_usage === true,
    admitted,
    firstTokenAtMs: startMs + (decision.firstTokenMs ?? firstTokenMs) + admitted.slowMs,
    tokenMs,
    told: shop.ledger.add(key, {
      id: completion.id,
      model: request.model,
      messages: text.length > MAX_TOLD_CHARS ? [] : request.messages,
      toolNames: asked.toolNames,
      answer: decision.say,
      outcome: 'open',
    }),
  };
  stamp(shop, 'llm-request', answering);
  if (request.stream === true) stream(exchange, shop, answering);
  else await answerWhole(exchange, shop, answering);
}

function stream(exchange: Exchange, shop: ChatShop, answering: Answering): void {
  const { completion, withUsage } = answering;
  const { response } = exchange;
  const events = new EventStream(response, answering.admitted.streamFault);
  const pacer = new Pacer((error) => response.destroy(error instanceof Error ? error : undefined));
  response.once('close', () => {
    pacer.clear();
    if (events.isOpen) cancelled(shop, answering);
  });
  const frameOf = chunkFrame(completion, withUsage);
  const at = (paceMs: number, send: () => void): void => {
    const isAdded = pacer.add({ notBeforeMs: answering.firstTokenAtMs, paceMs, send });
    if (!isAdded) response.destroy();
  };
  at(0, () => {
    events.open(commonHeaders());
    stamp(shop, 'llm-first-token', answering);
  });
  for (const delta of deltasOf(completion)) {
    at('role' in delta ? 0 : answering.tokenMs, () => events.send(frameOf(delta)));
  }
  at(0, () => {
    for (const frame of lastFrames(completion, withUsage)) events.send(frame);
    events.end();
    if (!events.isOpen) answering.told.outcome = 'sent';
  });
}

function cancelled({ desk, provider }: ChatShop, { told }: Answering): void {
  told.outcome = 'cancelled';
  desk.counters.add(provider, 'cancels');
}

async function answerWhole(
  exchange: Exchange,
  shop: ChatShop,
  answering: Answering,
): Promise<void> {
  const { completion, firstTokenAtMs, tokenMs, admitted } = answering;
  const madeAtMs = firstTokenAtMs + completion.usage.completion_tokens * tokenMs;
  if (!(await waitedFor(exchange, Math.max(0, madeAtMs - performance.now())))) {
    cancelled(shop, answering);
    return;
  }
  answering.told.outcome = 'sent';
  stamp(shop, 'llm-first-token', answering);
  if (admitted.streamFault?.kind === 'die-in-middle') exchange.response.destroy();
  else
    sendReply(exchange.response, {
      status: 200,
      body: wholeAnswer(completion),
      headers: commonHeaders(),
    });
}

function stamp(
  shop: ChatShop,
  kind: 'llm-request' | 'llm-first-token',
  { asked, completion }: Answering,
): void {
  const text = asked.userText ?? '';
  shop.desk.stamps.add({ provider: shop.provider, kind, id: completion.id, text });
}

const commonHeaders = (): Record<string, string> => ({
  'x-request-id': `req_${randomUUID().replaceAll('-', '')}`,
  'openai-version': '2020-10-01',
});
