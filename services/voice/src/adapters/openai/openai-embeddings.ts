import { AppError } from '@trunkline/kernel';
import OpenAI, { APIConnectionTimeoutError, APIError } from 'openai';
import { Agent } from 'undici';
import { Embeddings } from '../../app/knowledge/ports.js';
import type { ProviderAccess } from '../../app/ports/provider.js';
import { broken } from '../connections/provider-error.js';
import { endpoint } from './endpoint.js';
import { refusalOf } from './provider-failure.js';

const MODEL = 'text-embedding-3-small';
/** A third of the usual length tells passages of one agent apart just as well. */
const DIMENSIONS = 512;
const BATCH = 256;
const LIMIT_MS = 10_000;
const KEEP_ALIVE_MS = 180_000;

/** Through the SDK: nobody waits for these token by token. */
export class OpenAiEmbeddings extends Embeddings {
  readonly #dispatcher = new Agent({ keepAliveTimeout: KEEP_ALIVE_MS });

  override async embed(
    access: ProviderAccess,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let at = 0; at < texts.length; at += BATCH) {
      vectors.push(...(await this.#batch(access, texts.slice(at, at + BATCH), signal)));
    }
    return vectors;
  }

  close(): Promise<void> {
    return this.#dispatcher.close();
  }

  async #batch(
    access: ProviderAccess,
    input: string[],
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    const { provider, baseUrl, apiKey } = access;
    const client = new OpenAI({
      apiKey,
      baseURL: endpoint(baseUrl, '').href,
      maxRetries: 0,
      timeout: LIMIT_MS,
      fetchOptions: { dispatcher: this.#dispatcher },
    });
    const body = { model: MODEL, input, dimensions: DIMENSIONS, encoding_format: 'float' } as const;
    try {
      const { data } = await client.embeddings.create(body, { signal });
      const inOrder = data.toSorted((one, other) => one.index - other.index);
      if (inOrder.length !== input.length)
        throw broken(provider, new Error('another number of vectors'));
      return inOrder.map(({ embedding }) => Float32Array.from(embedding));
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(provider, error);
    }
  }
}

function failureOf(provider: string, error: unknown): unknown {
  if (!(error instanceof APIError)) return error;
  const { status, code } = error;
  if (typeof status === 'number')
    return refusalOf({ provider, status, vendorCode: code ?? undefined });
  const kind = error instanceof APIConnectionTimeoutError ? 'timeout' : 'unavailable';
  return new AppError(`provider.${kind}`, { retryable: true, cause: error, details: { provider } });
}
