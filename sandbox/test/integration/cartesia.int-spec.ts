import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cartesia as CartesiaClient } from '@cartesia/cartesia-js';
import type { TTSWS } from '@cartesia/cartesia-js/resources/tts/ws';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { cartesiaStandIn } from '../../src/cartesia/stand-in.js';
import { startSandbox, type Sandbox } from '../../src/start-sandbox.js';
import { counted, stampsOf, tellFault, told, until } from '../told.js';

// Its module build falls back to a WebSocket without headers; this one uses `ws`.
const require = createRequire(import.meta.url);
const { Cartesia } = require('@cartesia/cartesia-js') as { Cartesia: typeof CartesiaClient };
const { TTSWS: Socket } = require('@cartesia/cartesia-js/resources/tts/ws') as {
  TTSWS: typeof TTSWS;
};

const voice = { mode: 'id' as const, id: 'f786b574-daa5-4673-aa0c-cbe3e8534c02' };
const format = {
  container: 'raw' as const,
  encoding: 'pcm_mulaw' as const,
  sample_rate: 8000 as const,
};
const base = { model_id: 'sonic-3', voice, output_format: format };
const ten = 'One two three four five six seven eight nine ten.';
const long = 'A rather long sentence that goes on and on for a while. '.repeat(4);

interface Message {
  readonly type: string;
  readonly context_id?: string;
  readonly data?: string;
  readonly [field: string]: unknown;
}

describe('the Cartesia stand-in', () => {
  let sandbox: Sandbox;
  const opened: { close(): void }[] = [];

  const sdk = async (apiKey = 'k') => {
    const client = new Cartesia({ apiKey, baseURL: `${sandbox.url}/cartesia`, maxRetries: 0 });
    const { hostname, port } = new URL(sandbox.url);
    const socket = new Socket(client, {
      createConnection: () => connect(Number(port), hostname),
    });
    socket.on('error', () => undefined);
    opened.push(socket);
    await socket.connect();
    return { client, socket };
  };
  /** A bare socket, for what the SDK cannot be made to send. */
  const raw = async (key = 'k', version = '2025-04-16') => {
    const socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}/cartesia/tts/websocket`, {
      headers: { 'x-api-key': key, ...(version && { 'cartesia-version': version }) },
    });
    const heard: (Message & { atMs: number })[] = [];
    let closed: number | undefined;
    socket.on('message', (data: Buffer) =>
      heard.push({ ...(JSON.parse(data.toString()) as Message), atMs: performance.now() }),
    );
    socket.on('close', (code) => (closed = code));
    opened.push({ close: () => socket.terminate() });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const types = (id?: string) =>
      heard
        .filter(({ context_id }) => id === undefined || context_id === id)
        .map(({ type }) => type);
    return {
      heard,
      types,
      closed: () => closed,
      send: (more: object) => socket.send(JSON.stringify({ ...base, ...more })),
      sendText: (text: string) => socket.send(text),
    };
  };
  const audioOf = (messages: readonly Message[], id: string) =>
    Buffer.concat(
      messages
        .filter(({ type, context_id }) => type === 'chunk' && context_id === id)
        .map(({ data }) => Buffer.from(data ?? '', 'base64')),
    );
  const settings = (more = {}) => told(sandbox, '/cartesia/settings', { speed: 40, ...more });

  beforeAll(async () => {
    sandbox = await startSandbox({ host: '127.0.0.1', port: 0 }, [cartesiaStandIn]);
    await settings();
    await told(sandbox, '/cartesia/prepare', {
      texts: [`Hello there. How are you Fine. ${ten} ${long}`],
    });
  });
  afterAll(async () => {
    for (const socket of opened) socket.close();
    await sandbox.close();
  });

  it('speaks the pieces of a context in order, through the vendor’s own SDK', async () => {
    const { socket } = await sdk();
    const context = socket.context({ ...base, contextId: 'sdk-1', add_timestamps: true });
    await context.push({ transcript: 'Hello there.' });
    await context.push({ transcript: ' How are' });
    await context.push({ transcript: ' you', flush: true });
    await context.push({ transcript: ' Fine.' });
    await context.no_more_inputs();
    const events = [];
    for await (const event of context.receive({ timeout: 5000 })) events.push(event);
    const words = events.flatMap((event) =>
      event.type === 'timestamps' ? (event.word_timestamps?.words ?? []) : [],
    );
    expect(words).toEqual(['Hello', 'there.', 'How', 'are', 'you', 'Fine.']);
    const starts = events.flatMap((event) =>
      event.type === 'timestamps' ? (event.word_timestamps?.start ?? []) : [],
    );
    expect([...starts].sort((a, b) => a - b)).toEqual(starts);
    const sound = events.flatMap((event) => (event.type === 'chunk' ? (event.audio ?? []) : []));
    expect(sound.some((piece) => piece.length === 800)).toBe(true);
    const flush = events.findIndex(({ type }) => type === 'flush_done');
    expect(events[flush]).toMatchObject({ flush_id: 1, flush_done: true });
    expect(events[flush + 1]).toMatchObject({ flush_id: 2 });
    expect(events.at(-1)).toMatchObject({ type: 'done', done: true, context_id: 'sdk-1' });
  });

  it('streams the body of /tts/bytes, raw and as WAV', async () => {
    const { client } = await sdk();
    const ask = async (output_format: object) => {
      const response = await client.tts.generate({
        ...base,
        transcript: 'Hello there.',
        output_format: output_format as typeof format,
      });
      return Buffer.from(await response.arrayBuffer());
    };
    const bytes = await ask(format);
    const wav = await ask({ container: 'wav', encoding: 'pcm_s16le', sample_rate: 16_000 });
    expect(wav.subarray(0, 4).toString()).toBe('RIFF');
    expect(Math.abs(wav.length - 44 - bytes.length * 4)).toBeLessThan(10);
  });

  it('never speaks what the real one still holds', async () => {
    const socket = await raw();
    socket.send({ context_id: 'held', transcript: 'I am not', continue: true });
    socket.send({ context_id: 'soon', transcript: 'So', continue: true, max_buffer_delay_ms: 200 });
    const sentMs = performance.now();
    await until(() => socket.types('soon').length > 0);
    expect((socket.heard[0]?.atMs ?? 0) - sentMs).toBeGreaterThanOrEqual(285);
    expect(socket.types('held')).toEqual([]);
    socket.send({ context_id: 'held', transcript: ' done yet. But', continue: true });
    await until(() => socket.types('held').length > 0);
    socket.send({ context_id: 'held', transcript: '', continue: false });
    await until(() => socket.types('held').includes('done'));
    const { body } = await told(sandbox, '/cartesia/contexts?match="held"');
    expect(body['entries']).toMatchObject([
      { transcript: 'I am not done yet. But', spoken: 'I am not done yet. But', state: 'ended' },
    ]);
  });

  it('takes its time to the first sound, then is five times as fast as it sounds', async () => {
    await settings({ speed: 5 });
    const socket = await raw();
    const startMs = performance.now();
    socket.send({ context_id: 'time', transcript: ten });
    await until(() => socket.types('time').includes('done'));
    const atMs = socket.heard.map((message) => message.atMs - startMs);
    expect(atMs[0]).toBeGreaterThanOrEqual(89);
    const soundMs = audioOf(socket.heard, 'time').length / 8;
    expect(atMs.at(-1)).toBeGreaterThanOrEqual(89 + (soundMs - 100) / 5);
    const kinds = (await stampsOf(sandbox, ten)).map(({ kind, id }) => `${id} ${kind}`);
    expect(kinds).toEqual(['time tts-text', 'time tts-first-byte']);
    await settings();
  });

  it('lets contexts speak side by side and stops one that is cancelled', async () => {
    await settings({ speed: 10 });
    const socket = await raw();
    const before = (await counted(sandbox, 'cartesia'))['cancels'] ?? 0;
    socket.send({ context_id: 'a', transcript: long });
    socket.send({ context_id: 'b', transcript: long });
    await until(() => socket.types('a').length > 2 && socket.types('b').length > 2);
    socket.sendText(JSON.stringify({ context_id: 'a', cancel: true }));
    await until(() => socket.types('b').includes('done'));
    expect(socket.types('a')).not.toContain('done');
    const [a, b] = ['a', 'b'].map((id) => audioOf(socket.heard, id).length);
    expect(a).toBeLessThan(b ?? 0);
    expect((await counted(sandbox, 'cartesia'))['cancels']).toBe(before + 1);
    const { body } = await told(sandbox, '/cartesia/contexts?match="a"');
    expect(body['entries']).toMatchObject([{ id: 'a', spoken: long, state: 'cancelled' }]);
    socket.send({ context_id: 'a', transcript: 'Late.', continue: true });
    await until(() => socket.types('a').includes('error'));
    await settings();
  });

  it('refuses text for a context that has finished', async () => {
    const socket = await raw();
    socket.send({ context_id: 'over', transcript: 'Hi.' });
    await until(() => socket.types('over').includes('done'));
    socket.send({ context_id: 'over', transcript: 'More.' });
    await until(() => socket.types('over').includes('error'));
    expect(socket.heard.at(-1)).toMatchObject({ status_code: 400, done: true });
  });

  it('lets an open context expire a while after its last sound', async () => {
    await settings({ expireMs: 50, concurrency: 1 });
    const socket = await raw('k-expiry');
    socket.send({ context_id: 'open', transcript: 'Hi.', continue: true });
    let tries = 0;
    await until(() => {
      tries += 1;
      socket.send({ context_id: `next-${tries}`, transcript: 'Hi.' });
      return socket.types().includes('done');
    });
    const firstDone = socket.heard.findIndex(({ type }) => type === 'done');
    expect(new Set(socket.types('open'))).toEqual(new Set(['chunk']));
    expect(socket.heard[firstDone]?.context_id).toMatch(/^next-/);
    socket.send({ context_id: 'open', transcript: 'More.' });
    await until(() => socket.types('open').includes('error'));
    await settings();
  });

  it.each([
    ['no JSON', '{'],
    ['no voice', JSON.stringify({ ...base, voice: undefined, transcript: 'x' })],
    [
      'a rate it lacks',
      JSON.stringify({ ...base, output_format: { ...format, sample_rate: 11_025 } }),
    ],
    [
      'a flush with text',
      JSON.stringify({ ...base, transcript: 'x', continue: true, flush: true }),
    ],
    ['too long a delay', JSON.stringify({ ...base, transcript: 'x', max_buffer_delay_ms: 5001 })],
  ])('answers %s with an error message', async (_name, text) => {
    const socket = await raw();
    socket.sendText(text);
    await until(() => socket.heard.length > 0);
    expect(socket.heard[0]).toMatchObject({ type: 'error', status_code: 400, done: true });
  });

  it('refuses bad keys, no version and more contexts than allowed', async () => {
    await expect(raw('bad-key')).rejects.toThrow('401');
    await expect(raw('k', '')).rejects.toThrow('400');
    await settings({ concurrency: 1 });
    const socket = await raw('k-few');
    socket.send({ context_id: 'one', transcript: 'One.', continue: true });
    socket.send({ context_id: 'two', transcript: 'Two.' });
    await until(() => socket.types('two').length > 0);
    expect(socket.heard[0]).toMatchObject({ type: 'error', error_code: 'concurrency_limited' });
    await settings();
  });

  it('acts out faults at the door and within a context', async () => {
    const fault = (faultOf: object, match: string) =>
      tellFault(sandbox, { provider: 'cartesia', match, key: 'k-fault', fault: faultOf });
    await fault({ kind: 'rate-limit' }, '/tts/websocket');
    await expect(raw('k-fault')).rejects.toThrow('429');
    const socket = await raw('k-fault');
    await fault({ kind: 'server-error', status: 503 }, 'ctx-5xx');
    socket.send({ context_id: 'ctx-5xx', transcript: 'Hi.' });
    await fault({ kind: 'stall' }, 'ctx-stall');
    socket.send({ context_id: 'ctx-stall', transcript: 'Hi.' });
    await fault({ kind: 'twice' }, 'ctx-twice');
    socket.send({ context_id: 'ctx-twice', transcript: 'Hi.' });
    await until(() => socket.types('ctx-twice').filter((type) => type === 'done').length === 2);
    expect(socket.types('ctx-5xx')).toEqual(['error']);
    expect(socket.types('ctx-stall')).toEqual([]);
    await fault({ kind: 'die-in-middle', afterMessages: 2 }, 'ctx-die');
    socket.send({ context_id: 'ctx-die', transcript: 'Hi there, how are you?' });
    await until(() => socket.closed() !== undefined);
    expect([socket.types('ctx-die').length, socket.closed()]).toEqual([2, 1006]);
  });

  it('closes a socket nobody uses', async () => {
    await settings({ idleMs: 30 });
    const socket = await raw();
    await until(() => socket.closed() !== undefined);
    expect(socket.closed()).toBe(1000);
    await settings();
  });
});
