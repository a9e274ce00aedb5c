import { createHash } from 'node:crypto';
import { AllowedHosts, allowedLookup, guardedLookup, urlProblem } from '@trunkline/platform';
import { Agent, type Dispatcher } from 'undici';
import {
  ToolWebhooks,
  type WebhookAnswer,
  type WebhookOrder,
  type WebhookPoll,
} from '../../app/tools/ports.js';
import { webhookSignature } from './webhook-signature.js';

export interface SignedWebhooksOptions {
  /** May be called although they are not public. */
  readonly allowedHosts?: AllowedHosts;
  readonly nowMs?: () => number;
}

const MAX_ANSWER_BYTES = 262_144;
const CONNECT_LIMIT_MS = 3000;
const MAX_CONNECTIONS_PER_HOST = 32;
const KEEP_ALIVE_MS = 30_000;

/** Tenants' own servers, behind the guard that keeps them out of our network. */
export class SignedWebhooks extends ToolWebhooks {
  readonly #allowedHosts: AllowedHosts;
  readonly #nowMs: () => number;
  readonly #guarded: Agent;
  readonly #open: Agent;

  constructor(options: SignedWebhooksOptions = {}) {
    super();
    this.#allowedHosts = options.allowedHosts ?? new AllowedHosts([]);
    this.#nowMs = options.nowMs ?? Date.now;
    this.#guarded = agent({ timeout: CONNECT_LIMIT_MS, lookup: guardedLookup });
    this.#open = agent({ timeout: CONNECT_LIMIT_MS, lookup: allowedLookup });
  }

  override async send(order: WebhookOrder, timeoutMs: number): Promise<WebhookAnswer> {
    const dispatcher = this.#dispatcherFor(order.url);
    if (!dispatcher) return { kind: 'refused', reason: 'not a public address' };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await dispatcher.request({ ...this.#request(order), signal });
      const { statusCode: status } = answer;
      const poll = status === 202 ? pollOf(answer, order.url) : undefined;
      return { kind: 'answered', status, text: await textOf(answer), ...(poll && { poll }) };
    } catch (error) {
      if (signal.aborted) return { kind: 'timeout' };
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EADDRNOTPUBLIC') return { kind: 'refused', reason: 'not a public address' };
      return { kind: 'unreachable' };
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#guarded.close(), this.#open.close()]);
  }

  #dispatcherFor(url: string): Agent | undefined {
    if (this.#allowedHosts.has(url)) return this.#open;
    return urlProblem(url) === undefined ? this.#guarded : undefined;
  }

  #request(order: WebhookOrder) {
    const { method, idempotencyKey, signingSecret } = order;
    const url = new URL(order.url);
    const isGet = method === 'GET';
    if (isGet) addToQuery(url, order.arguments);
    const body = isGet ? '' : bodyOf(order);
    // Always the same for the same wish, so that a receiver may remember what it has seen.
    const id = `msg_${createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 27)}`;
    const timestampSeconds = Math.floor(this.#nowMs() / 1000);
    const signature =
      signingSecret === null
        ? {}
        : { 'webhook-signature': webhookSignature(signingSecret, { id, timestampSeconds, body }) };
    return {
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: {
        accept: 'application/json, text/plain',
        'user-agent': 'Trunkline-Tools/1',
        'idempotency-key': idempotencyKey,
        'webhook-id': id,
        'webhook-timestamp': String(timestampSeconds),
        ...signature,
        ...(isGet ? {} : { 'content-type': 'application/json' }),
      },
      ...(isGet ? {} : { body }),
    } satisfies Omit<Dispatcher.RequestOptions, 'signal'>;
  }
}

function agent(connect: { timeout: number; lookup?: typeof guardedLookup }): Agent {
  return new Agent({
    connect,
    connections: MAX_CONNECTIONS_PER_HOST,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
}

function bodyOf({ tool, arguments: args, call, idempotencyKey }: WebhookOrder): string {
  return JSON.stringify({ type: 'tool.called', tool, arguments: args, call, idempotencyKey });
}

function addToQuery(url: URL, args: WebhookOrder['arguments']): void {
  for (const [name, value] of Object.entries(args)) {
    url.searchParams.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
}

/** Where the other side says that its result will be, and when it is worth asking. */
function pollOf({ headers }: Dispatcher.ResponseData, asked: string): WebhookPoll | undefined {
  const { location, 'retry-after': retryAfter } = headers;
  if (typeof location !== 'string' || !URL.canParse(location, asked)) return undefined;
  const seconds = typeof retryAfter === 'string' ? Number.parseInt(retryAfter, 10) : Number.NaN;
  const afterMs = Number.isNaN(seconds) ? null : seconds * 1000;
  return { url: new URL(location, asked).href, afterMs };
}

/** The rest of a long answer is not read: the model could not read it either. */
async function textOf({ body }: Dispatcher.ResponseData): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece);
    sizeBytes += piece.byteLength;
    if (sizeBytes > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(pieces).subarray(0, MAX_ANSWER_BYTES).toString('utf8').trim();
}
