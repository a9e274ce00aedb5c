import type { Client, Dispatcher } from 'undici';
import { LanguageModel, type ReplyOrder, type ReplyPart } from '../../app/ports/language-model.js';
import type { ProviderAccess } from '../../app/ports/provider.js';
import { broken } from '../connections/provider-error.js';
import { completionBody } from './completion-body.js';
import { word } from './completion-reader.js';
import type { ConnectionShelf } from './connection-shelf.js';
import type { Connections } from './connections.js';
import { endpoint } from './endpoint.js';
import { failureOf, networkCode, refusalOf } from './provider-failure.js';
import { ReplyReader } from './reply-reader.js';

const MAX_ERROR_BYTES = 16_384;
const REST_LIMIT_MS = 1000;

type Answer = Dispatcher.ResponseData;

interface Asked {
  readonly client: Client;
  readonly answer: Answer;
}

/** Chat completions of OpenAI and of everyone who speaks like it. Why not the SDK: ADR 0011. */
export class OpenAiLanguageModel extends LanguageModel {
  readonly provider: string;
  readonly #connections: Connections;

  constructor(connections: Connections, provider = 'openai') {
    super();
    this.#connections = connections;
    this.provider = provider;
  }

  override async *reply(
    order: ReplyOrder,
    signal: AbortSignal,
  ): AsyncGenerator<ReplyPart, void, undefined> {
    signal.throwIfAborted();
    const shelf = this.#shelf(order.access);
    const { client, answer } = await this.#ask(shelf, order, signal);
    let isWhole = false;
    try {
      await this.#checkAnswer(answer);
      const reply = new ReplyReader(this.provider);
      // Left before its end it would close the connection by itself.
      for await (const bytes of answer.body.iterator({ destroyOnReturn: false })) {
        for (const part of reply.read(bytes as Uint8Array)) yield part;
        if (reply.isOver) break;
      }
      const end = reply.end();
      isWhole = true;
      for (const part of end) yield part;
    } catch (error) {
      throw failureOf(this.provider, error, signal);
    } finally {
      void leave({ shelf, client, answer, isWhole });
    }
  }

  override async warm(access: ProviderAccess, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#shelf(access).reserve(signal);
  }

  #shelf(access: ProviderAccess): ConnectionShelf {
    const url = endpoint(access.baseUrl, '');
    return this.#connections.shelf({ url, owner: access.owner, apiKey: access.apiKey });
  }

  /** A kept connection may have been closed at the very moment it is used: one more try then. */
  async #ask(shelf: ConnectionShelf, order: ReplyOrder, signal: AbortSignal): Promise<Asked> {
    const wasKept = shelf.idleCount > 0;
    try {
      return await this.#send(shelf, order, signal);
    } catch (error) {
      const isStale = wasKept && networkCode(error) === 'UND_ERR_SOCKET' && !signal.aborted;
      if (!isStale) throw failureOf(this.provider, error, signal);
    }
    try {
      return await this.#send(shelf, order, signal);
    } catch (error) {
      throw failureOf(this.provider, error, signal);
    }
  }

  async #send(shelf: ConnectionShelf, order: ReplyOrder, signal: AbortSignal): Promise<Asked> {
    const client = shelf.take();
    // The next turn's connection is opened while this one is busy.
    void shelf.keepSpare();
    try {
      const url = endpoint(order.access.baseUrl, '/chat/completions');
      const answer = await client.request({
        method: 'POST',
        path: url.pathname + url.search,
        headers: {
          authorization: `Bearer ${order.access.apiKey}`,
          'content-type': 'application/json',
          accept: 'text/event-stream',
        },
        body: JSON.stringify(completionBody(order)),
        signal,
      });
      return { client, answer };
    } catch (error) {
      shelf.discard(client);
      throw error;
    }
  }

  async #checkAnswer({ statusCode: status, headers, body }: Answer): Promise<void> {
    if (status !== 200) {
      const vendorCode = await reasonIn(body);
      throw refusalOf({ provider: this.provider, status, headers, vendorCode });
    }
    if (!String(headers['content-type']).includes('text/event-stream')) {
      throw broken(this.provider, new Error('not a stream of events'));
    }
  }
}

interface Left extends Asked {
  readonly shelf: ConnectionShelf;
  readonly isWhole: boolean;
}

/** The few bytes after the end are read so that the connection lives on; else it is closed. */
async function leave({ shelf, client, answer, isWhole }: Left): Promise<void> {
  const { body } = answer;
  // What it says when it is closed has been said by then.
  body.on('error', () => shelf.discard(client));
  try {
    if (isWhole) await body.dump({ limit: 65_536, signal: AbortSignal.timeout(REST_LIMIT_MS) });
    if (isWhole || body.readableEnded) shelf.putBack(client);
    else shelf.discard(client);
  } catch {
    shelf.discard(client);
  }
  await shelf.keepSpare();
}

async function reasonIn(body: Answer['body']): Promise<string | undefined> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    sizeBytes += piece.byteLength;
    if (sizeBytes > MAX_ERROR_BYTES) return undefined;
    pieces.push(piece);
  }
  try {
    const { error } = JSON.parse(Buffer.concat(pieces).toString('utf8')) as {
      error?: { code?: unknown; type?: unknown };
    };
    return word(error?.code) ?? word(error?.type);
  } catch {
    return undefined;
  }
}
