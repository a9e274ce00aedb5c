import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type {
  RealtimeServerEvent,
  RealtimeSessionCreateRequest,
} from 'openai/resources/realtime/realtime.js';
import { openAiStandIn } from '../../src/openai/stand-in.js';
import { encodeSound } from '../../src/speech/g711.js';
import { speech } from '../../src/speech/speak.js';
import { utteranceOrders } from '../../src/speech/utterance-orders.js';
import { startSandbox, type Sandbox } from '../../src/start-sandbox.js';
import { counted, stampsOf, tellFault, told, until } from '../told.js';

const question = 'I would like to book a table.';
const pcmu = { type: 'audio/pcmu' } as const;
const phone: RealtimeSessionCreateRequest = {
  type: 'realtime',
  instructions: 'You are Ann.',
  audio: {
    input: { format: pcmu, transcription: { model: 'whisper-1' } },
    output: { format: pcmu },
  },
};
const tools: NonNullable<RealtimeSessionCreateRequest['tools']> = [
  { type: 'function', name: 'look_up', parameters: { type: 'object' } },
];

describe('the OpenAI Realtime stand-in, asked through the vendor’s own SDK', () => {
  let sandbox: Sandbox;
  const opened: OpenAIRealtimeWS[] = [];

  const session = async (apiKey: string, update: Partial<RealtimeSessionCreateRequest> = {}) => {
    const client = new OpenAI({ apiKey, baseURL: `${sandbox.url}/openai/v1` });
    const { hostname, port } = new URL(sandbox.url);
    const realtime = new OpenAIRealtimeWS(
      {
        model: 'gpt-realtime',
        options: { createConnection: () => connect(Number(port), hostname) },
      },
      client,
    );
    opened.push(realtime);
    const heard: RealtimeServerEvent[] = [];
    const errors: string[] = [];
    let closed: number | undefined;
    realtime.on('event', (event) => heard.push(event));
    realtime.on('error', (error) => errors.push(error.message));
    realtime.socket.on('close', (code: number) => (closed = code));
    const of = <T extends RealtimeServerEvent['type']>(type: T) =>
      heard.filter((event) => event.type === type) as Extract<RealtimeServerEvent, { type: T }>[];
    const types = () => heard.map(({ type }) => type);
    const say = (samples: Int16Array) => {
      const bytes = encodeSound(samples, 'mulaw');
      for (let at = 0; at < bytes.length; at += 160) {
        const audio = bytes.subarray(at, at + 160).toString('base64');
        realtime.send({ type: 'input_audio_buffer.append', audio });
      }
    };
    await until(() => of('session.created').length > 0 || closed !== undefined);
    if (closed === undefined) {
      realtime.send({ type: 'session.update', session: { ...phone, ...update } });
      await until(() => of('session.updated').length > 0);
    }
    return { realtime, heard, errors, of, types, say, closed: () => closed };
  };
  const spoken = (text: string, silenceMs: number) => {
    const { samples } = speech(text, { rateHz: 8000 });
    return Int16Array.from([...samples, ...new Int16Array(silenceMs * 8)]);
  };
  const script = (key: string, ...rules: object[]) =>
    told(sandbox, '/openai/script', { match: { key }, rules });

  beforeAll(async () => {
    sandbox = await startSandbox({ host: '127.0.0.1', port: 0 }, [utteranceOrders, openAiStandIn]);
    await told(sandbox, '/utterances', { text: question });
    await told(sandbox, '/openai/timing', {
      firstAudioMs: 30,
      transcriptionMs: 15,
      tokenMs: 1,
      speed: 40,
    });
  });
  afterEach(() => {
    for (const realtime of opened.splice(0)) realtime.close();
  });
  afterAll(() => sandbox.close());

  it('hears a turn, answers it aloud and tells the usage', async () => {
    const { say, of, types } = await session('r-turn');
    say(spoken(question, 600));
    await until(() => of('response.done').length > 0);
    const [completed] = of('conversation.item.input_audio_transcription.completed');
    expect(completed?.transcript).toBe(question);
    const order = types().filter((type, at, all) => all.indexOf(type) === at);
    expect(order).toEqual([
      'session.created',
      'session.updated',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'conversation.item.input_audio_transcription.delta',
      'conversation.item.input_audio_transcription.completed',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_audio_transcript.delta',
      'response.output_audio.delta',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    const transcript = of('response.output_audio_transcript.delta').map(({ delta }) => delta);
    expect(transcript.join('')).toBe(of('response.output_audio_transcript.done')[0]?.transcript);
    const answer = `You said: ${question} Is there anything else I can do for you?`;
    expect(transcript.join('')).toBe(answer);
    const bytes = of('response.output_audio.delta').map(({ delta }) =>
      Buffer.from(delta, 'base64'),
    );
    expect(Buffer.concat(bytes).length).toBeGreaterThan(8000 * 2);
    const [done] = of('response.done');
    expect([done?.response.status, done?.response.output?.length]).toEqual(['completed', 1]);
    expect(done?.response.usage?.output_tokens).toBeGreaterThan(10);
    const stamps = (await stampsOf(sandbox, question)).map(({ kind }) => kind);
    expect(stamps).toEqual(['stt-end-of-turn', 'llm-request', 'llm-first-token', 'tts-first-byte']);
  });

  it('stops when the caller speaks over it, and forgets what was not heard', async () => {
    await script('r-barge', { when: { turn: 1 }, say: 'This goes on. '.repeat(30) });
    const { realtime, say, of, heard } = await session('r-barge');
    say(spoken(question, 600));
    await until(() => of('response.output_audio.delta').length > 2);
    say(spoken(question, 0).subarray(0, 1600));
    await until(() => of('response.done').length > 0);
    expect(of('response.done')[0]?.response).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
      output: [{ status: 'incomplete' }],
    });
    const item_id = of('response.output_item.added')[0]?.item.id ?? '';
    const truncate = (audio_end_ms: number) =>
      realtime.send({
        type: 'conversation.item.truncate',
        item_id,
        content_index: 0,
        audio_end_ms,
      });
    truncate(150);
    truncate(9_999_999);
    realtime.send({ type: 'conversation.item.retrieve', item_id });
    await until(() => of('conversation.item.retrieved').length > 0);
    expect(of('conversation.item.truncated')[0]).toMatchObject({ item_id, audio_end_ms: 150 });
    expect(JSON.stringify(of('conversation.item.retrieved')[0])).not.toContain('goes on');
    expect(heard.filter(({ type }) => type === 'error')).toMatchObject([
      { error: { code: 'invalid_value', param: 'audio_end_ms' } },
    ]);
  });

  it('calls a tool and goes on with its result', async () => {
    const then = { say: 'It is {{result}}.' };
    await script('r-tool', { tool: { name: 'look_up', arguments: { id: 7 } }, then });
    const { realtime, of } = await session('r-tool', { tools, output_modalities: ['text'] });
    const content = [{ type: 'input_text' as const, text: 'Where is order 7?' }];
    realtime.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content },
    });
    realtime.send({ type: 'response.create' });
    await until(() => of('response.done').length > 0);
    const [done] = of('response.function_call_arguments.done');
    const pieces = of('response.function_call_arguments.delta').map(({ delta }) => delta);
    expect([done?.name, pieces.join('')]).toEqual(['look_up', '{"id":7}']);
    const output = { type: 'function_call_output' as const, output: 'on its way' };
    const call_id = done?.call_id ?? '';
    realtime.send({ type: 'conversation.item.create', item: { ...output, call_id } });
    realtime.send({ type: 'response.create' });
    await until(() => of('response.done').length > 1);
    expect(of('response.output_text.done')[0]?.text).toBe('It is on its way.');
  });

  it('is stopped by the client, and counts it', async () => {
    await script('r-cancel', { say: 'This goes on. '.repeat(30) });
    const { realtime, of, heard } = await session('r-cancel');
    const before = (await counted(sandbox, 'openai'))['cancels'] ?? 0;
    realtime.send({ type: 'response.create' });
    realtime.send({ type: 'response.create' });
    await until(() => of('response.output_audio.delta').length > 0);
    realtime.send({ type: 'response.cancel' });
    realtime.send({ type: 'response.cancel' });
    await until(() => heard.filter(({ type }) => type === 'error').length === 2);
    expect(of('response.done')[0]?.response.status_details?.reason).toBe('client_cancelled');
    const codes = heard.flatMap((event) => (event.type === 'error' ? event.error.code : []));
    expect(codes).toEqual([
      'conversation_already_has_active_response',
      'response_cancel_not_active',
    ]);
    expect((await counted(sandbox, 'openai'))['cancels']).toBe(before + 1);
  });

  it('leaves turns to the client when it detects none', async () => {
    const input = { ...phone.audio?.input, turn_detection: null };
    const { realtime, say, of, heard } = await session('r-manual', {
      audio: { ...phone.audio, input },
    });
    realtime.send({ type: 'input_audio_buffer.commit' });
    say(spoken(question, 800));
    realtime.send({ type: 'input_audio_buffer.commit' });
    await until(() => of('conversation.item.input_audio_transcription.completed').length > 0);
    expect(of('input_audio_buffer.speech_started')).toEqual([]);
    expect(of('response.created')).toEqual([]);
    const codes = heard.flatMap((event) => (event.type === 'error' ? event.error.code : []));
    expect(codes).toEqual(['input_audio_buffer_commit_empty']);
  });

  it('answers what it does not understand with an error', async () => {
    const { realtime, heard } = await session('r-wrong');
    realtime.socket.send('{');
    realtime.socket.send('{"type":"nothing"}');
    realtime.socket.send('{"type":"session.update","session":{}}');
    await until(() => heard.filter(({ type }) => type === 'error').length === 3);
    expect(heard.at(-1)).toMatchObject({ error: { param: 'session.type' } });
  });

  it('refuses bad keys, and acts out faults', async () => {
    expect((await session('bad-key')).errors.join()).toMatch(/401/);
    const fault = (faultOf: object) =>
      tellFault(sandbox, { provider: 'openai', key: 'r-fault', fault: faultOf });
    await fault({ kind: 'rate-limit' });
    expect((await session('r-fault')).errors.join()).toMatch(/429/);
    await fault({ kind: 'die-in-middle', afterMessages: 4 });
    const dying = await session('r-fault');
    dying.realtime.send({ type: 'response.create' });
    await until(() => dying.closed() !== undefined);
    expect([dying.closed(), dying.heard.length]).toEqual([1006, 4]);
  });
});
