import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OpenAiEmbeddings } from '../../src/adapters/openai/openai-embeddings.js';
import { ScriptedHttp } from '../support/scripted-http.js';

const never = new AbortController().signal;

describe('OpenAI embeddings', () => {
  let vendor: ScriptedHttp;
  const embeddings = new OpenAiEmbeddings();
  const access = () => ({ provider: 'openai', baseUrl: vendor.url, apiKey: 'sk-1', owner: 't1' });

  beforeAll(async () => {
    vendor = await ScriptedHttp.start();
  });
  afterAll(async () => {
    await embeddings.close();
    await vendor.stop();
  });

  it('makes one vector for each text, in their order, in batches', async () => {
    vendor.answer = ({ body }, response) => {
      const { input } = JSON.parse(body) as { input: string[] };
      const data = input.map((text, index) => ({
        object: 'embedding',
        index,
        embedding: [Number(text), 1],
      }));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ object: 'list', data: data.toReversed(), model: 'm' }));
    };
    const texts = Array.from({ length: 300 }, (_, index) => String(index));
    const vectors = await embeddings.embed(access(), texts, never);
    expect(vectors.map((vector) => vector[0])).toEqual(texts.map(Number));
    expect(vendor.posts).toHaveLength(2);
    expect(vendor.posts[0]).toMatchObject({ path: '/v1/embeddings' });
    expect(vendor.posts[0]?.headers['authorization']).toBe('Bearer sk-1');
  });

  it.each([
    [401, 'provider.refused'],
    [429, 'provider.rate-limited'],
    [500, 'provider.unavailable'],
  ])('O17 translates %i to %s and asks once', async (status, code) => {
    vendor.seen.length = 0;
    vendor.answer = (_request, response) => void response.writeHead(status).end('{}');
    await expect(embeddings.embed(access(), ['x'], never)).rejects.toMatchObject({ code });
    expect(vendor.posts).toHaveLength(1);
  });

  it('stops when it is aborted', async () => {
    const stop = new AbortController();
    vendor.answer = () => stop.abort(new Error('hang-up'));
    await expect(embeddings.embed(access(), ['x'], stop.signal)).rejects.toThrow('hang-up');
  });
});
