import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { GeminiLive } from '../../src/adapters/gemini-live/gemini-live.js';
import { OpenAiRealtime } from '../../src/adapters/openai-realtime/openai-realtime.js';
import { Connections } from '../../src/adapters/openai/connections.js';
import { OpenAiEmbeddings } from '../../src/adapters/openai/openai-embeddings.js';
import { OpenAiLanguageModel } from '../../src/adapters/openai/openai-language-model.js';
import { CircuitBreaker } from '../../src/app/failover/circuit-breaker.js';
import { phoneFormat } from '../../src/app/ports/audio-format.js';
import type { ConversationEvent, SpeechToSpeech } from '../../src/app/ports/speech-to-speech.js';
import { Thinking, type ThinkingChoice } from '../../src/app/thinking/thinking.js';
import { orderFor, partsOf, textOf } from '../contracts/language-model.contract.js';
import { Sandbox } from '../support/sandbox.js';

let sandbox: Sandbox;
let call: AbortController;
let keyNumber = 0;
let key = '';
const connections = new Connections();
const model = new OpenAiLanguageModel(connections);

beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(async () => {
  await connections.close();
  await sandbox.stop();
});
beforeEach(() => {
  call = new AbortController();
  key = `key-${(keyNumber += 1)}`;
});
afterEach(() => call.abort());

const accessTo = (provider: string, apiKey = key) => ({
  provider,
  baseUrl: `${sandbox.url}/${provider}`,
  apiKey,
  owner: apiKey,
});

describe('OpenAI chat completions, as the stand-in plays them', () => {
  it('E8 thinks, says how much it cost and that it is done', async () => {
    const parts = await partsOf(model.reply(orderFor(accessTo('openai')), call.signal));
    expect(textOf(parts)).toContain('Hello');
    expect(parts.slice(-2)).toMatchObject([{ type: 'usage' }, { type: 'end', reason: 'stop' }]);
  });

  it.each([
    [{ kind: 'server-error', status: 503 }],
    [{ kind: 'stall' }],
    [{ kind: 'rate-limit', retryAfterSeconds: 30 }],
  ])('O17 goes on with the fallback after %j', async (fault) => {
    await sandbox.fault('openai', key, fault);
    const choice = (apiKey: string): ThinkingChoice => ({
      model,
      access: accessTo('openai', apiKey),
      modelName: 'gpt-4o-mini',
      circuit: new CircuitBreaker(),
    });
    const failures: boolean[] = [];
    const thinking = new Thinking({
      choices: [choice(key), choice(`${key}-fallback`)],
      onFailure: ({ goesOn }) => void failures.push(goesOn),
      firstTokenLimitMs: 1000,
    });
    const parts = await partsOf(thinking.reply(orderFor(accessTo('openai')), call.signal));
    expect(textOf(parts)).toContain('Hello');
    expect(failures).toEqual([true]);
  });

  it('makes vectors', async () => {
    const embeddings = new OpenAiEmbeddings();
    const vectors = await embeddings.embed(accessTo('openai'), ['one', 'two'], call.signal);
    expect(vectors.map((vector) => vector.length)).toEqual([512, 512]);
    await embeddings.close();
  });
});

describe.each([
  ['openai', new OpenAiRealtime(), { hears: phoneFormat, speaks: phoneFormat }],
  [
    'gemini',
    new GeminiLive(),
    {
      hears: { encoding: 'pcm16le', rateHz: 16_000 },
      speaks: { encoding: 'pcm16le', rateHz: 24_000 },
    },
  ],
] as const)(
  'O12 speech to speech of %s, as the stand-in plays it',
  (provider, adapter, formats) => {
    const open = (speech: SpeechToSpeech, apiKey = key) =>
      speech.open(
        {
          ...formats,
          access: accessTo(provider, apiKey),
          model: 'any-model',
          voice: 'any',
          instructions: 'Be kind.',
          language: 'en',
          temperature: 0.7,
          tools: [],
          history: [{ role: 'user', text: 'Hi' }],
        },
        call.signal,
      );

    it('speaks when it is told to, with its words and its sound', async () => {
      const conversation = await open(adapter);
      conversation.prompt('Greet the caller.');
      const seen: ConversationEvent[] = [];
      for await (const event of conversation.events) {
        seen.push(event);
        if (event.type === 'reply-ended') break;
      }
      expect(seen[0]).toMatchObject({ type: 'reply-started' });
      expect(seen.some((event) => event.type === 'agent-said')).toBe(true);
      expect(seen.some((event) => event.type === 'audio' && event.bytes.length > 0)).toBe(true);
      expect(seen.at(-1)).toMatchObject({ reason: 'done' });
    });

    it('is refused with a bad key', async () => {
      await expect(open(adapter, 'bad-key')).rejects.toMatchObject({ code: 'provider.refused' });
    });
  },
);
