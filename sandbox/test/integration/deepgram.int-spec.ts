import { DeepgramClient, type Deepgram } from '@deepgram/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startSandbox, type Sandbox } from '../../src/start-sandbox.js';
import { encodeMuLaw } from '../../src/speech/g711.js';
import { speak } from '../../src/speech/speak.js';

type TurnInfo = Deepgram.listen.ListenV2TurnInfo;
type V1Message = { readonly type: string } & Record<string, unknown>;

const order = 'I would like to order a pizza.';
const more = 'With extra cheese, please.';
const FRAME_BYTES = 160;
/** Sound is sent so many times faster than it sounds; the stand-in lives on the audio's clock. */
const SPEED = 8;
const lagMs = 20;

describe("Deepgram's stand-in, driven by its own client", () => {
  let sandbox: Sandbox;
  const opened: { close(): void }[] = [];

  const control = async (path: string, body: unknown, method = 'POST'): Promise<unknown> => {
    const response = await fetch(`${sandbox.url}/__control${path}`, {
      method,
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    return response.json();
  };
  const client = (apiKey = 'good'): DeepgramClient =>
    new DeepgramClient({ apiKey, baseUrl: `${sandbox.url.replace('http', 'ws')}/deepgram` });

  const sound = (...parts: readonly (string | number)[]): Buffer =>
    Buffer.concat(
      parts.map((part) => {
        if (typeof part === 'number') return Buffer.alloc(part * 8, 0xff);
        return Buffer.from(Uint8Array.from(speak(part, { rateHz: 8000 }), encodeMuLaw));
      }),
    );
  const play = async (send: (frame: Buffer) => void, bytes: Buffer): Promise<void> => {
    for (let at = 0; at < bytes.length; at += FRAME_BYTES) {
      send(bytes.subarray(at, at + FRAME_BYTES));
      if ((at / FRAME_BYTES) % SPEED === 0) await delay(20);
    }
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    const deadlineMs = performance.now() + 10_000;
    while (!isSo()) {
      if (performance.now() > deadlineMs) throw new Error('it did not come to that');
      await delay(10);
    }
  };

  const flux = async (
    extra: Partial<Parameters<DeepgramClient['listen']['v2']['connect']>[0]> = {},
    apiKey = 'good',
  ) => {
    const socket = await client(apiKey).listen.v2.connect({
      model: 'flux-general-en',
      encoding: 'mulaw',
      sample_rate: 8000,
      eager_eot_threshold: 0.5,
      eot_threshold: 0.7,
      reconnectAttempts: 0,
      ...extra,
    } as Parameters<DeepgramClient['listen']['v2']['connect']>[0]);
    const messages: V1Message[] = [];
    const closes: number[] = [];
    socket.on('message', (message) => messages.push(message as unknown as V1Message));
    socket.on('close', ({ code }) => closes.push(code));
    socket.connect();
    opened.push(socket);
    await socket.waitForOpen();
    const turns = (): TurnInfo[] =>
      messages.filter(({ type }) => type === 'TurnInfo') as unknown as TurnInfo[];
    const events = (): string[] =>
      turns().flatMap(({ event }) => (event === 'Update' ? [] : [event]));
    const hear = (bytes: Buffer): Promise<void> => play((frame) => socket.sendMedia(frame), bytes);
    return { socket, messages, closes, turns, events, hear };
  };
  const nova = async (query: Record<string, unknown>) => {
    const socket = await client().listen.v1.connect({
      model: 'nova-3',
      encoding: 'mulaw',
      sample_rate: 8000,
      reconnectAttempts: 0,
      ...query,
    } as unknown as Parameters<DeepgramClient['listen']['v1']['connect']>[0]);
    const messages: V1Message[] = [];
    const closes: number[] = [];
    socket.on('message', (message) => messages.push(message as unknown as V1Message));
    socket.on('close', ({ code }) => closes.push(code));
    socket.connect();
    opened.push(socket);
    await socket.waitForOpen();
    const results = (): Deepgram.listen.ListenV1Results[] =>
      messages.filter(
        ({ type }) => type === 'Results',
      ) as unknown as Deepgram.listen.ListenV1Results[];
    const hear = (bytes: Buffer): Promise<void> => play((frame) => socket.sendMedia(frame), bytes);
    return { socket, messages, closes, results, hear };
  };
  const said = (result: Deepgram.listen.ListenV1Results): string =>
    result.channel.alternatives[0]?.transcript ?? '';

  beforeAll(async () => {
    sandbox = await startSandbox({ host: '127.0.0.1', port: 0 });
    await control('/utterances', [{ text: order }, { text: more }]);
    await control('/deepgram/settings', { lagMs });
  });
  afterEach(() => opened.splice(0).forEach((socket) => socket.close()));
  afterAll(() => sandbox.close());

  describe('Flux', () => {
    it('goes through a turn: start, eager end, end', async () => {
      const { hear, events, turns, messages } = await flux();
      await hear(sound(300, order, 600));
      await until(() => events().includes('EndOfTurn'));
      expect(messages[0]).toMatchObject({ type: 'Connected', sequence_id: 0 });
      expect(events()).toEqual(['StartOfTurn', 'EagerEndOfTurn', 'EndOfTurn']);
      const [eager, end] = ['EagerEndOfTurn', 'EndOfTurn'].map((event) =>
        turns().find((turn) => turn.event === event),
      );
      expect([eager?.transcript, end?.transcript]).toEqual([order, order]);
      expect(end).toMatchObject({ turn_index: 0, trigger: 'model' });
      expect(end?.words.map(({ word }) => word).join(' ')).toBe(order);
      expect(turns().find(({ event }) => event === 'StartOfTurn')?.words).not.toEqual([]);
      expect(messages.map(({ sequence_id }) => sequence_id)).toEqual(messages.map((_, at) => at));
      const silenceMs = ((end?.audio_window_end ?? 0) - (eager?.audio_window_end ?? 0)) * 1000;
      expect(silenceMs).toBeCloseTo(160, 0);
    });

    it('resumes a turn when the caller goes on after a pause', async () => {
      const { hear, events, turns } = await flux();
      await hear(sound(order, 300, more, 600));
      await until(() => events().includes('EndOfTurn'));
      expect(events()).toEqual([
        'StartOfTurn',
        'EagerEndOfTurn',
        'TurnResumed',
        'EagerEndOfTurn',
        'EndOfTurn',
      ]);
      expect(turns().find(({ event }) => event === 'EndOfTurn')?.transcript).toBe(
        `${order} ${more}`,
      );
    });

    it('counts turns and has no eager ends unless asked for', async () => {
      const { hear, events, turns } = await flux({ eager_eot_threshold: undefined });
      await hear(sound(order, 600, more, 600));
      await until(() => events().length >= 4);
      expect(events()).toEqual(['StartOfTurn', 'EndOfTurn', 'StartOfTurn', 'EndOfTurn']);
      const ends = turns().filter(({ event }) => event === 'EndOfTurn');
      expect(ends.map(({ turn_index, transcript }) => [turn_index, transcript])).toEqual([
        [0, order],
        [1, more],
      ]);
    });

    it('misses what was lost on the way', async () => {
      const { hear, turns, events } = await flux();
      const bytes = sound(300, order, 600);
      const lost = 700 * 8;
      await hear(Buffer.concat([bytes.subarray(0, lost), bytes.subarray(lost + 3 * FRAME_BYTES)]));
      await until(() => events().includes('EndOfTurn'));
      const transcript = turns().find(({ event }) => event === 'EndOfTurn')?.transcript ?? '';
      expect(transcript).not.toBe(order);
      expect(transcript).toMatch(/pizza\.$/);
    });

    it('is configured and refuses a wrong configuration', async () => {
      const { socket, messages } = await flux();
      socket.sendConfigure({ type: 'Configure', thresholds: { eot_threshold: 0.9 } });
      socket.sendConfigure({ type: 'Configure', thresholds: { eot_threshold: 3 } });
      await until(() => messages.length >= 3);
      expect(messages[1]).toMatchObject({
        type: 'ConfigureSuccess',
        thresholds: { eot_threshold: 0.9, eager_eot_threshold: 0.5, eot_timeout_ms: 5000 },
        keyterms: [],
      });
      expect(messages[2]).toMatchObject({ type: 'ConfigureFailure', sequence_id: 2 });
    });

    it('ends a turn when told to, closes without a code when told to', async () => {
      const { socket, hear, turns, events, closes } = await flux();
      await hear(sound(order));
      socket.sendForceEndTurn({ type: 'ForceEndTurn' });
      await until(() => events().includes('EndOfTurn'));
      expect(turns().find(({ event }) => event === 'EndOfTurn')?.trigger).toBe('manual');
      socket.sendCloseStream({ type: 'CloseStream' });
      await until(() => closes.length > 0);
      expect(closes).toEqual([1005]);
    });

    it('stamps what it told, by its own clock', async () => {
      const before = (await control('/stamps', undefined, 'GET')) as { next: number };
      const { hear, events } = await flux();
      await hear(sound(order, 600));
      await until(() => events().includes('EndOfTurn'));
      const { stamps } = (await control(`/stamps?since=${before.next}`, undefined, 'GET')) as {
        stamps: { kind: string; text: string; atMs: number }[];
      };
      expect(stamps.map(({ kind }) => kind)).toEqual([
        'stt-speech-started',
        'stt-eager-end-of-turn',
        'stt-end-of-turn',
      ]);
      expect(stamps.at(-1)).toMatchObject({ text: order, provider: 'deepgram' });
    });
  });

  describe('Nova', () => {
    it('tells interim and final results, speech and its end', async () => {
      const query = { interim_results: 'true', endpointing: 300, vad_events: 'true' };
      const { hear, results, messages } = await nova({
        ...query,
        punctuate: 'true',
        utterance_end_ms: 1000,
      });
      await hear(sound(300, order, 1500));
      await until(() => messages.some(({ type }) => type === 'UtteranceEnd'));
      const finals = results().filter(({ speech_final }) => speech_final);
      expect(finals.map(said)).toEqual([order]);
      expect(finals[0]?.channel.alternatives[0]?.words[0]).toMatchObject({
        word: 'i',
        punctuated_word: 'I',
      });
      const interims = results().filter(({ is_final }) => !is_final);
      expect(interims.length).toBeGreaterThan(2);
      expect(interims.every((interim) => order.startsWith(said(interim)))).toBe(true);
      expect(messages.find(({ type }) => type === 'SpeechStarted')?.['timestamp']).toBeGreaterThan(
        0.2,
      );
    });

    it('finalizes, keeps alive, sums up and closes', async () => {
      const { socket, hear, results, messages, closes } = await nova({ endpointing: 'false' });
      await hear(sound(order, 100));
      socket.sendKeepAlive({ type: 'KeepAlive' });
      socket.sendFinalize({ type: 'Finalize' });
      await until(() => results().some(({ from_finalize }) => from_finalize));
      expect(results().map(said)).toEqual(['i would like to order a pizza']);
      socket.sendCloseStream({ type: 'CloseStream' });
      await until(() => closes.length > 0);
      expect(messages.at(-1)).toMatchObject({ type: 'Metadata', channels: 1 });
      expect(closes).toEqual([1000]);
    });

    it('closes with 1011 after ten seconds without audio or KeepAlive', async () => {
      await control('/deepgram/settings', { idleMs: 100 });
      const url = `${sandbox.url}/deepgram/v1/listen?encoding=mulaw&sample_rate=8000`;
      const socket = new WebSocket(url, { headers: { authorization: 'Token good' } });
      const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
      expect([code, reason.toString()]).toEqual([1011, expect.stringContaining('NET-0001')]);
      await control('/deepgram/settings', { idleMs: 10_000 });
    });
  });

  describe('faults', () => {
    const refusedWith = async (path: string, key: string): Promise<number> => {
      const socket = new WebSocket(`${sandbox.url}/deepgram${path}`, {
        headers: { authorization: `Token ${key}` },
      });
      const outcome = await new Promise<number>((resolve) => {
        socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode ?? 0));
        socket.once('open', () => resolve(101));
        socket.on('error', () => resolve(0));
      });
      socket.terminate();
      return outcome;
    };
    const listen = '/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=16000';

    it('refuses bad keys and queries at the handshake', async () => {
      expect(await refusedWith(listen, 'good')).toBe(101);
      expect(await refusedWith(listen, 'bad-key')).toBe(401);
      expect(
        await refusedWith('/v2/listen?model=nova-3&encoding=mulaw&sample_rate=8000', 'good'),
      ).toBe(400);
      expect(
        await refusedWith('/v2/listen?model=flux-general-en&encoding=mulaw&sample_rate=7', 'good'),
      ).toBe(400);
      expect(await refusedWith('/v3/listen', 'good')).toBe(404);
    });

    it('acts out orders for one key only, as often as told', async () => {
      const fault = { kind: 'rate-limit', retryAfterSeconds: 2 };
      await control('', { provider: 'deepgram', fault, times: 1, key: 'k1' });
      expect(await refusedWith(listen, 'k2')).toBe(101);
      expect([await refusedWith(listen, 'k1'), await refusedWith(listen, 'k1')]).toEqual([
        429, 101,
      ]);
    });

    it('dies in the middle, says things twice or out of order', async () => {
      const told = async (fault: object): Promise<Awaited<ReturnType<typeof flux>>> => {
        await control('', { provider: 'deepgram', fault, times: 1, key: 'k3' });
        const session = await flux({}, 'k3');
        // The client throws on sending once the connection has died.
        await Promise.allSettled([session.hear(sound(order, 600))]);
        return session;
      };
      const died = await told({ kind: 'die-in-middle', afterMessages: 3 });
      await until(() => died.closes.length > 0);
      expect([died.messages.length, died.closes[0]]).toEqual([3, 1006]);
      const twice = await told({ kind: 'twice' });
      await until(() => twice.events().filter((event) => event === 'EndOfTurn').length === 2);
      const mixed = await told({ kind: 'out-of-order' });
      await until(() => mixed.events().includes('EndOfTurn'));
      expect(mixed.messages.slice(0, 2).map(({ sequence_id }) => sequence_id)).toEqual([1, 0]);
    });
  });
});
