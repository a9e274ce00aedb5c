import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI, { APIConnectionError, AuthenticationError, RateLimitError } from 'openai';
import { openAiStandIn } from '../../src/openai/stand-in.js';
import { counted, stampsOf, tellFault, told, until } from '../told.js';
import { startSandbox, type Sandbox } from '../../src/start-sandbox.js';

const tools = [
  {
    type: 'function' as const,
    function: { name: 'end_call', description: 'Ends the call', parameters: { type: 'object' } },
  },
];
const user = (content: string) => [{ role: 'user' as const, content }];

describe('the OpenAI stand-in, asked through the vendor’s own SDK', () => {
  let sandbox: Sandbox;
  const client = (apiKey: string, more = {}) =>
    new OpenAI({ apiKey, baseURL: `${sandbox.url}/openai/v1`, maxRetries: 0, ...more });
  const fault = (key: string, faultOf: object) =>
    tellFault(sandbox, { provider: 'openai', key, fault: faultOf });
  const streamed = async (oa: OpenAI, content: string, signal?: AbortSignal) => {
    const stream = await oa.chat.completions.create(
      {
        model: 'gpt-4o-mini',
        messages: user(content),
        tools,
        stream: true,
        stream_options: { include_usage: true },
      },
      { signal },
    );
    return stream;
  };

  beforeAll(async () => {
    sandbox = await startSandbox({ host: '127.0.0.1', port: 0 }, [openAiStandIn]);
    await told(sandbox, '/openai/timing', { firstTokenMs: 20, tokenMs: 1 });
  });
  afterAll(() => sandbox.close());

  it('streams an answer by tokens, then the usage', async () => {
    const chunks = [];
    for await (const chunk of await streamed(client('k-stream'), 'I need a plumber.')) {
      chunks.push(chunk);
    }
    const deltas = chunks.flatMap(({ choices }) => choices[0]?.delta.content ?? []);
    expect(deltas[0]).toBe('');
    expect(deltas.join('')).toBe(
      'You said: I need a plumber. Is there anything else I can do for you?',
    );
    expect(deltas.length).toBeGreaterThan(15);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    const last = chunks.at(-1);
    expect([last?.choices, last?.usage?.completion_tokens]).toEqual([[], deltas.length - 1]);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  it('calls the tool for hanging up after a goodbye, in fragments', async () => {
    const runner = client('k-bye').chat.completions.stream({
      model: 'gpt-4o-mini',
      messages: user('Goodbye!'),
      tools,
    });
    const message = await runner.finalMessage();
    expect(
      message.tool_calls?.map((call) => ('function' in call ? call.function.name : '')),
    ).toEqual(['end_call']);
    expect(message.content).toMatch(/Goodbye/);
  });

  it('plays a script over several turns, streamed or whole', async () => {
    const look = { name: 'look_up', arguments: { city: 'Delhi' } };
    await told(sandbox, '/openai/script', {
      match: { key: 'k-script' },
      rules: [{ when: 'weather', tool: look, then: { say: 'It is {{result}}.' } }],
    });
    const oa = client('k-script');
    const first = await oa.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: user('What is the WEATHER?'),
    });
    const [choice] = first.choices;
    const [call] = choice?.message.tool_calls ?? [];
    if (call?.type !== 'function' || !choice) throw new Error('no tool was called');
    expect([choice.finish_reason, JSON.parse(call.function.arguments)]).toEqual([
      'tool_calls',
      { city: 'Delhi' },
    ]);
    const second = await oa.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [
        ...user('What is the WEATHER?'),
        choice.message,
        { role: 'tool', tool_call_id: call.id, content: 'hot' },
      ],
    });
    expect(second.choices[0]?.message.content).toBe('It is hot.');
    expect((await told(sandbox, '/openai/script', { rules: [{ when: '(' }] })).status).toBe(400);
  });

  it('refuses a bad key, a history without results and an unknown model', async () => {
    await expect(streamed(client('bad-key'), 'x')).rejects.toBeInstanceOf(AuthenticationError);
    const oa = client('k-refuse');
    const ask = (messages: OpenAI.ChatCompletionMessageParam[], model = 'gpt-4o') =>
      oa.chat.completions.create({ model, messages });
    await expect(ask([{ role: 'tool', tool_call_id: 'x', content: 'y' }])).rejects.toMatchObject({
      status: 400,
    });
    await expect(ask([])).rejects.toMatchObject({ status: 400, param: 'messages' });
    await expect(ask(user('x'), 'missing-model')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
  });

  it('notices a caller who goes away, and stops', async () => {
    await told(sandbox, '/openai/script', {
      match: { key: 'k-abort' },
      rules: [{ say: 'word '.repeat(2000) }],
    });
    const cancels = async () => (await counted(sandbox, 'openai'))['cancels'] ?? 0;
    const before = await cancels();
    const abort = new AbortController();
    for await (const chunk of await streamed(client('k-abort'), 'x', abort.signal)) {
      if (chunk.choices[0]?.delta.content) abort.abort();
    }
    await until(async () => (await cancels()) !== before);
    expect(await cancels()).toBe(before + 1);
    const { body } = await told(sandbox, '/openai/asked?key=k-abort');
    expect(body['entries']).toMatchObject([
      { messages: [{ role: 'user', content: 'x' }], toolNames: ['end_call'], outcome: 'cancelled' },
    ]);
  });

  it('is slow, stalls, refuses and limits the rate when told', async () => {
    const oa = client('k-fault', { timeout: 300 });
    const ask = () =>
      oa.chat.completions.create({ model: 'gpt-4o', messages: user('x') }, { timeout: 300 });
    await fault('k-fault', { kind: 'rate-limit', retryAfterSeconds: 2 });
    const limited: unknown = await ask().catch((error: unknown) => error);
    expect(limited).toBeInstanceOf(RateLimitError);
    expect((limited as RateLimitError).headers?.get('retry-after-ms')).toBe('2000');
    await fault('k-fault', { kind: 'server-error' });
    await expect(ask()).rejects.toMatchObject({ status: 500 });
    await fault('k-fault', { kind: 'refuse', status: 403 });
    await expect(ask()).rejects.toMatchObject({ status: 403 });
    await fault('k-fault', { kind: 'stall' });
    await expect(ask()).rejects.toBeInstanceOf(APIConnectionError);
    await fault('k-fault', { kind: 'slow', delayMs: 2000 });
    await expect(ask()).rejects.toBeInstanceOf(APIConnectionError);
    expect((await ask()).choices[0]?.message.content).toMatch(/^You said/);
  });

  it.each([
    ['die-in-middle', 'TypeError: terminated'],
    ['stall-in-middle', 'aborted'],
  ])('%s: only the first came', async (kind, end) => {
    await fault(`k-${kind}`, { kind, afterMessages: 4 });
    const pieces: string[] = [];
    const signal = AbortSignal.timeout(500);
    const reading = async () => {
      for await (const chunk of await streamed(client(`k-${kind}`), 'x', signal)) {
        pieces.push(chunk.choices[0]?.delta.content ?? '');
      }
      return signal.aborted ? 'aborted' : 'ended';
    };
    expect(await reading().catch(String)).toBe(end);
    expect(pieces).toEqual(['', 'You', ' said', ':']);
  });

  it('sends twice and out of order when told', async () => {
    await fault('k-mess', { kind: 'twice' });
    const joined = async () => {
      let text = '';
      for await (const chunk of await streamed(client('k-mess'), 'x')) {
        text += chunk.choices[0]?.delta.content ?? '';
      }
      return text;
    };
    expect(await joined()).toMatch(/^YouYou said said/);
    await fault('k-mess', { kind: 'out-of-order' });
    expect(await joined()).toMatch(/^You: said/);
  });

  it('stamps the first token of each answer', async () => {
    await client('k-stamp').chat.completions.create({
      model: 'gpt-4o',
      messages: user('a stamped turn'),
    });
    const stamps = await stampsOf(sandbox, 'a stamped turn');
    expect(stamps.map(({ kind }) => kind)).toEqual(['llm-request', 'llm-first-token']);
    const [asked, token] = stamps;
    expect((token?.atMs ?? 0) - (asked?.atMs ?? 0)).toBeGreaterThanOrEqual(19);
  });

  it('embeds similar texts near each other', async () => {
    const { data } = await client('k-embed').embeddings.create({
      model: 'text-embedding-3-small',
      input: ['opening hours on Sunday', 'Are you open on a Sunday?', 'battery replacement cost'],
    });
    const [hours, open, battery] = data.map(({ embedding }) => embedding);
    const near = (a: number[] = [], b: number[] = []) =>
      a.reduce((sum, x, at) => sum + x * (b[at] ?? 0), 0);
    expect(hours).toHaveLength(1536);
    expect(near(hours, hours)).toBeCloseTo(1, 3);
    expect(near(hours, open)).toBeGreaterThan(near(hours, battery) + 0.2);
  });

  it('gives JSON of the asked-for shape', async () => {
    const schema = {
      type: 'object',
      properties: { mood: { enum: ['good', 'bad'] }, score: { type: 'number', minimum: 1 } },
    };
    const { choices } = await client('k-json').chat.completions.create({
      model: 'gpt-4o',
      messages: user('Rate it'),
      response_format: { type: 'json_schema', json_schema: { name: 'rating', schema } },
    });
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ mood: 'good', score: 1 });
  });
});
