import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ActivityHandling,
  GoogleGenAI,
  Modality,
  type LiveConnectConfig,
  type LiveServerMessage,
  type Session,
} from '@google/genai';
import { geminiStandIn } from '../../src/gemini/stand-in.js';
import { encodeSound } from '../../src/speech/g711.js';
import { speech } from '../../src/speech/speak.js';
import { utteranceOrders } from '../../src/speech/utterance-orders.js';
import { startSandbox, type Sandbox } from '../../src/start-sandbox.js';
import { counted, stampsOf, tellFault, told, until } from '../told.js';

const question = 'I would like to book a table.';
const mimeType = 'audio/pcm;rate=16000';
const tools = [{ functionDeclarations: [{ name: 'look_up' }] }];

describe('the Gemini Live stand-in, asked through the vendor’s own SDK', () => {
  let sandbox: Sandbox;
  const opened: Session[] = [];

  const session = async (apiKey: string, config: LiveConnectConfig = {}) => {
    const client = new GoogleGenAI({
      apiKey,
      httpOptions: { baseUrl: `${sandbox.url}/gemini`, apiVersion: 'v1beta' },
    });
    const heard: LiveServerMessage[] = [];
    const closes: { readonly code: number; readonly reason: string }[] = [];
    const live = await client.live.connect({
      model: 'gemini-live',
      config: {
        responseModalities: [Modality.AUDIO],
        inputAudioTranscription: {},
        outputAudioTranscription: {},
        systemInstruction: 'You are Ann.',
        ...config,
      },
      callbacks: {
        onmessage: (message) => heard.push(message),
        onclose: ({ code, reason }) => closes.push({ code, reason }),
      },
    });
    opened.push(live);
    const contents = () => heard.flatMap(({ serverContent }) => serverContent ?? []);
    const sound = () =>
      contents().flatMap(({ modelTurn }) => modelTurn?.parts?.[0]?.inlineData ?? []);
    const say = (samples: Int16Array) => {
      const bytes = encodeSound(samples, 'linear16');
      for (let at = 0; at < bytes.length; at += 640) {
        const data = bytes.subarray(at, at + 640).toString('base64');
        live.sendRealtimeInput({ audio: { data, mimeType } });
      }
    };
    const isComplete = () => contents().some(({ turnComplete }) => turnComplete);
    return { live, heard, contents, sound, say, isComplete, closes };
  };
  const spoken = (text: string, silenceMs: number) => {
    const { samples } = speech(text, { rateHz: 16_000 });
    return Int16Array.from([...samples, ...new Int16Array(silenceMs * 16)]);
  };
  const script = (key: string, ...rules: object[]) =>
    told(sandbox, '/gemini/script', { match: { key }, rules });
  const settings = (more = {}) =>
    told(sandbox, '/gemini/settings', { firstAudioMs: 20, tokenMs: 1, speed: 40, ...more });

  beforeAll(async () => {
    sandbox = await startSandbox({ host: '127.0.0.1', port: 0 }, [utteranceOrders, geminiStandIn]);
    await told(sandbox, '/utterances', { text: question });
    await settings();
  });
  afterEach(() => {
    for (const live of opened.splice(0)) live.close();
  });
  afterAll(() => sandbox.close());

  it('hears a turn and answers it aloud; the turn is over when it was heard', async () => {
    await script('g-turn', { say: 'Of course.' });
    const { say, contents, sound, heard, isComplete } = await session('g-turn');
    const startMs = performance.now();
    say(spoken(question, 600));
    await until(isComplete);
    const texts = (kind: 'inputTranscription' | 'outputTranscription') =>
      contents()
        .map((content) => content[kind]?.text ?? '')
        .join('');
    expect(texts('inputTranscription')).toBe(question);
    expect(texts('outputTranscription')).toBe('Of course.');
    const bytes = sound().reduce(
      (sum, { data = '' }) => sum + Buffer.from(data, 'base64').length,
      0,
    );
    expect(sound()[0]?.mimeType).toBe('audio/pcm;rate=24000');
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(bytes / 48);
    const kinds = contents().map((content) => Object.keys(content).join());
    expect(kinds.slice(-2)).toEqual(['generationComplete', 'turnComplete']);
    expect(heard.at(-1)?.usageMetadata?.totalTokenCount).toBeGreaterThan(5);
    const stamps = (await stampsOf(sandbox, question)).map(({ kind }) => kind);
    expect(stamps).toEqual(['stt-end-of-turn', 'llm-request', 'llm-first-token', 'tts-first-byte']);
  });

  it('stops when the caller speaks over it, unless told not to', async () => {
    for (const key of ['g-barge', 'g-deaf']) {
      await script(key, { when: { turn: 1 }, say: 'This goes on. '.repeat(20) });
    }
    const { say, contents, sound } = await session('g-barge');
    say(spoken(question, 600));
    await until(() => sound().length > 0);
    say(spoken(question, 0).subarray(0, 3200));
    await until(() => contents().some(({ interrupted }) => interrupted));
    expect(contents().at(-1)?.turnComplete).toBe(true);
    expect((await counted(sandbox, 'gemini'))['cancels']).toBe(1);
    const deaf = await session('g-deaf', {
      realtimeInputConfig: { activityHandling: ActivityHandling.NO_INTERRUPTION },
    });
    deaf.say(spoken(question, 600));
    await until(() => deaf.sound().length > 0);
    deaf.say(spoken(question, 0).subarray(0, 3200));
    await until(() => deaf.contents().some(({ generationComplete }) => generationComplete));
    expect(deaf.contents().some(({ interrupted }) => interrupted)).toBe(false);
  });

  it('calls a tool, goes on with its result, and takes it back when interrupted', async () => {
    const then = { say: 'It is {{result}}.' };
    await script('g-tool', { tool: { name: 'look_up', arguments: { id: 7 } }, then });
    const text = { responseModalities: [Modality.TEXT], tools };
    const { live, heard, contents, say, isComplete } = await session('g-tool', text);
    const calls = () => heard.flatMap(({ toolCall }) => toolCall?.functionCalls ?? []);
    live.sendClientContent({ turns: 'Where is order 7?' });
    await until(() => calls().length > 0);
    expect(calls()[0]).toMatchObject({ name: 'look_up', args: { id: 7 } });
    const id = calls()[0]?.id ?? '';
    const response = { result: 'on its way' };
    live.sendToolResponse({ functionResponses: [{ id, name: 'look_up', response }] });
    await until(isComplete);
    const said = contents().map(({ modelTurn }) => modelTurn?.parts?.[0]?.text ?? '');
    expect(said.join('')).toBe('It is on its way.');
    live.sendClientContent({ turns: 'And order 8?' });
    await until(() => calls().length > 1);
    say(spoken(question, 0));
    await until(() => heard.some(({ toolCallCancellation }) => toolCallCancellation));
    const cancelled = heard.find(({ toolCallCancellation }) => toolCallCancellation);
    expect(cancelled?.toolCallCancellation?.ids).toEqual([calls()[1]?.id]);
  });

  it('leaves turns to the client when it detects none', async () => {
    await script('g-manual', { say: 'Yes.' });
    const { live, say, contents, isComplete } = await session('g-manual', {
      realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
    });
    live.sendRealtimeInput({ activityStart: {} });
    say(spoken(question, 800));
    live.sendRealtimeInput({ activityEnd: {} });
    await until(isComplete);
    expect(contents()[0]?.inputTranscription?.text).toBe(question);
  });

  it('says that it must go, and lets another session go on', async () => {
    await script('g-resume', { when: { turn: 2 }, say: 'Second.' }, { say: 'First.' });
    await settings({ goAwayAfterMs: 50, goAwayTimeLeftMs: 20 });
    const resumable = { responseModalities: [Modality.TEXT], sessionResumption: {} };
    const first = await session('g-resume', resumable);
    first.live.sendClientContent({ turns: 'One.' });
    await until(() => first.closes.length > 0);
    expect(first.heard.find(({ goAway }) => goAway)?.goAway?.timeLeft).toBe('0.02s');
    await settings();
    const handle = first.heard.findLast((message) => message.sessionResumptionUpdate)
      ?.sessionResumptionUpdate?.newHandle;
    const second = await session('g-resume', {
      ...resumable,
      sessionResumption: { ...(handle !== undefined && { handle }) },
    });
    second.live.sendClientContent({ turns: 'Two.' });
    await until(second.isComplete);
    expect(second.contents()[0]?.modelTurn?.parts?.[0]?.text).toBe('Second');
    await expect(session('g', { sessionResumption: { handle: 'none' } })).rejects.toThrow('1007');
  });

  it('refuses bad keys and what it does not understand, and acts out faults', async () => {
    await expect(session('bad-key')).rejects.toThrow(/1007.*API key not valid/);
    const { live, closes } = await session('g-wrong');
    live.sendRealtimeInput({ audio: { data: 'AAAA', mimeType: 'audio/ogg' } });
    await until(() => closes.length > 0);
    expect(closes[0]?.code).toBe(1007);
    const fault = (faultOf: object) =>
      tellFault(sandbox, { provider: 'gemini', key: 'g-fault', fault: faultOf });
    await fault({ kind: 'rate-limit' });
    await expect(session('g-fault')).rejects.toThrow(/429/);
    await fault({ kind: 'die-in-middle', afterMessages: 2 });
    const dying = await session('g-fault');
    dying.live.sendClientContent({ turns: 'Hello.' });
    await until(() => dying.closes.length > 0);
    expect(dying.closes[0]?.code).toBe(1006);
  });
});
