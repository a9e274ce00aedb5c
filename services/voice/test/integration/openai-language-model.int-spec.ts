import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { Connections } from '../../src/adapters/openai/connections.js';
import { OpenAiLanguageModel } from '../../src/adapters/openai/openai-language-model.js';
import {
  languageModelContract,
  orderFor,
  partsOf,
  textOf,
  type ModelScript,
} from '../contracts/language-model.contract.js';
import { delta, textReply, toolReply } from '../support/openai-wire.js';
import { ScriptedHttp, sendEvents } from '../support/scripted-http.js';

const never = new AbortController().signal;

async function perform(script: ModelScript, response: ServerResponse): Promise<void> {
  switch (script.does) {
    case 'say':
      await sendEvents(response, textReply(...script.tokens));
      return void response.end();
    case 'call':
      await sendEvents(response, toolReply(script.id, script.name, script.args));
      return void response.end();
    case 'break-off':
      await sendEvents(response, textReply(...script.tokens).slice(0, -3), 5);
      return void response.destroy();
    case 'say-then-hang':
      return sendEvents(response, textReply(...script.tokens).slice(0, -3));
    case 'refuse': {
      const { status, retryAfterMs } = script;
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(retryAfterMs !== undefined && { 'retry-after-ms': String(retryAfterMs) }),
      });
      return void response.end(JSON.stringify({ error: { type: 'whatever', code: null } }));
    }
  }
}

languageModelContract('OpenAI', async () => {
  const vendor = await ScriptedHttp.start();
  const connections = new Connections();
  return {
    model: new OpenAiLanguageModel(connections),
    access: { provider: 'openai', baseUrl: vendor.url, apiKey: 'sk-1', owner: 't1' },
    script: (next) => {
      vendor.answer = (_request, response) => perform(next, response);
    },
    cutOffs: () => vendor.cutOff,
    asked: () => vendor.posts.length,
    close: async () => {
      await connections.close();
      await vendor.stop();
    },
  };
});

describe('OpenAI over HTTP', () => {
  let vendor: ScriptedHttp;
  let connections: Connections;
  let model: OpenAiLanguageModel;
  const access = (owner = 't1') => ({
    provider: 'openai',
    baseUrl: vendor.url,
    apiKey: `sk-${owner}`,
    owner,
  });

  beforeAll(async () => {
    vendor = await ScriptedHttp.start();
  });
  afterAll(() => vendor.stop());
  beforeEach(async () => {
    await connections?.close();
    connections = new Connections();
    model = new OpenAiLanguageModel(connections);
    vendor.seen.length = 0;
    vendor.connections = 0;
    vendor.answer = async (_request, response) => {
      await sendEvents(response, textReply('Yes'));
      response.end();
    };
  });
  afterAll(() => connections.close());

  it('E8 sends the model, temperature 0.7 and max_tokens 150 with the key of the owner', async () => {
    await partsOf(model.reply(orderFor(access()), never));
    const [request] = vendor.posts;
    expect(request?.path).toBe('/v1/chat/completions');
    expect(request?.headers['authorization']).toBe('Bearer sk-t1');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      model: 'gpt-4o-mini',
      temperature: 0.7,
      max_tokens: 150,
      messages: [
        { role: 'system', content: 'You are kind.' },
        { role: 'user', content: 'Hello' },
      ],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('E3 sends tools, what they were asked and what they said', async () => {
    const call = { id: 'call_1', name: 'find_order', argumentsText: '{"id":"7"}' };
    const order = orderFor(access(), {
      messages: [
        { role: 'user', text: 'Where is it?' },
        { role: 'assistant', text: '', toolCalls: [call] },
        { role: 'tool', callId: 'call_1', text: 'on its way' },
      ],
      tools: [{ name: 'find_order', description: 'Finds', parameters: { type: 'object' } }],
    });
    await partsOf(model.reply(order, never));
    expect(JSON.parse(vendor.posts[0]?.body ?? '')).toMatchObject({
      messages: [
        { role: 'user', content: 'Where is it?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 'call_1',
              type: 'function',
              function: { name: 'find_order', arguments: '{"id":"7"}' },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'on its way' },
      ],
      tools: [{ type: 'function', function: { name: 'find_order' } }],
    });
  });

  it('opens no connection in a turn once it is warm', async () => {
    const shelf = connections.shelf({ url: new URL(vendor.url), owner: 't1', apiKey: 'sk-t1' });
    await model.warm(access(), never);
    for (let turn = 0; turn < 5; turn += 1) {
      await partsOf(model.reply(orderFor(access()), never));
      await eventually(() => expect([shelf.idleCount, shelf.busyCount]).toEqual([2, 0]));
    }
    expect(vendor.connections).toBe(2);
  });

  it('has a warm connection again after an interruption closed one', async () => {
    await model.warm(access(), never);
    vendor.answer = (_request, response) => sendEvents(response, [delta({ content: 'Well' })]);
    for await (const part of model.reply(orderFor(access()), never)) {
      if (part.type === 'text') break;
    }
    const shelf = connections.shelf({ url: new URL(vendor.url), owner: 't1', apiKey: 'sk-t1' });
    await eventually(() => expect([shelf.idleCount, shelf.busyCount]).toEqual([1, 0]));
  });

  it('has a connection for each of many calls that begin at once', async () => {
    const calls = new AbortController();
    await Promise.all(Array.from({ length: 10 }, () => model.warm(access(), calls.signal)));
    const before = vendor.connections;
    expect(before).toBe(10);
    const replies = Array.from({ length: 10 }, () =>
      partsOf(model.reply(orderFor(access()), never)),
    );
    await Promise.all(replies);
    // Spares may have been opened beside them, none for a reply that had to wait for it.
    expect(vendor.connections - before).toBeLessThanOrEqual(2);
    calls.abort();
    await model.warm(access(), never);
    expect(vendor.connections - before).toBeLessThanOrEqual(2);
  });

  it('never shares a connection between owners, nor between their keys', () => {
    const url = new URL(vendor.url);
    const shelf = (owner: string, apiKey: string) => connections.shelf({ url, owner, apiKey });
    expect(shelf('t1', 'sk-1')).toBe(shelf('t1', 'sk-1'));
    expect(shelf('t1', 'sk-1')).not.toBe(shelf('t2', 'sk-1'));
    expect(shelf('t1', 'sk-1')).not.toBe(shelf('t1', 'sk-2'));
  });

  it('O17 never takes a stream that just ends for a finished reply', async () => {
    vendor.answer = async (_request, response) => {
      await sendEvents(response, [delta({ content: 'Half' })]);
      response.end();
    };
    await expect(partsOf(model.reply(orderFor(access()), never))).rejects.toMatchObject({
      code: 'provider.unavailable',
    });
  });

  it('asks again when the kept connection was closed by the vendor', async () => {
    await model.warm(access(), never);
    await partsOf(model.reply(orderFor(access()), never));
    let isFirst = true;
    vendor.answer = async (_request, response) => {
      if (isFirst) {
        isFirst = false;
        return void response.destroy();
      }
      await sendEvents(response, textReply('Again'));
      response.end();
    };
    expect(textOf(await partsOf(model.reply(orderFor(access()), never)))).toBe('Again');
  });

  it('puts a text together that is cut in the middle of a letter', async () => {
    vendor.answer = (_request, response) => {
      const bytes = Buffer.from(
        textReply('naïve')
          .map((e) => `data: ${typeof e === 'string' ? e : JSON.stringify(e)}\n\n`)
          .join(''),
      );
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const at = bytes.indexOf(0xc3) + 1;
      response.write(bytes.subarray(0, at));
      setTimeout(() => response.end(bytes.subarray(at)), 5);
    };
    expect(textOf(await partsOf(model.reply(orderFor(access()), never)))).toBe('naïve');
  });

  it.each([
    ['an error in the middle', { error: { code: 'rate_limit_exceeded' } }, 'provider.rate-limited'],
    ['something that is not JSON', '{"choices":', 'provider.broken'],
  ])('O17 translates %s', async (_what, event, code) => {
    vendor.answer = async (_request, response) => {
      await sendEvents(response, [delta({ content: 'So' }), event]);
      response.end();
    };
    await expect(partsOf(model.reply(orderFor(access()), never))).rejects.toMatchObject({ code });
  });

  it('O17 says that a place where nobody listens is unavailable, without the key', async () => {
    const nowhere = { ...access(), baseUrl: 'http://127.0.0.1:9' };
    const error = await partsOf(model.reply(orderFor(nowhere), never)).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'provider.unavailable', retryable: true });
    expect(JSON.stringify(error)).not.toContain('sk-');
  });
});
