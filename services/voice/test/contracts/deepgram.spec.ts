import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { DeepgramSpeechToText } from '../../src/adapters/deepgram/deepgram-speech-to-text.js';
import type { ListeningOrder } from '../../src/app/ports/index.js';
import { results, sayFluxTurn, sayNovaUtterance, turnInfo } from '../support/deepgram-wire.js';
import { frame, isFinal, listeningOrder, readUntil } from '../support/listening-orders.js';
import { ScriptedVendor } from '../support/scripted-vendor.js';
import { speechToTextContract } from './speech-to-text.contract.js';

const quick = { checkMs: 5, afterMs: 20 };
const at = (vendor: ScriptedVendor, changes: Partial<ListeningOrder> = {}): ListeningOrder => {
  const access = { provider: 'deepgram', baseUrl: vendor.url, apiKey: 'key', owner: 'acme' };
  return listeningOrder({ access, ...changes });
};

for (const model of ['flux-general-en', 'nova-2']) {
  speechToTextContract(`Deepgram ${model}`, async () => {
    const vendor = await ScriptedVendor.start();
    const speak = model.startsWith('flux') ? sayFluxTurn : sayNovaUtterance;
    return {
      speechToText: new DeepgramSpeechToText(),
      order: at(vendor, { model }),
      utter: (_listening, utterance) => Promise.resolve(speak(vendor.last, utterance)),
      soundBytes: () => vendor.last.soundBytes,
      drop: () => vendor.last.drop(),
      refuseNext: (status, headers) => vendor.refuse(status, headers),
      hangNext: () => vendor.hang(),
      sessionsClosed: () => vendor.sockets.every(({ closedWith }) => closedWith !== undefined),
      stop: () => vendor.stop(),
    };
  });
}

describe('DeepgramSpeechToText', () => {
  let vendor: ScriptedVendor;
  const call = new AbortController();
  const open = (changes: Partial<ListeningOrder> = {}, timing = { flux: quick, nova: quick }) =>
    new DeepgramSpeechToText(timing).open(at(vendor, changes), call.signal);

  beforeEach(async () => {
    vendor = await ScriptedVendor.start();
  });
  afterEach(() => vendor.stop());

  it('asks Flux with the agent’s thresholds, key terms and the key in a header', async () => {
    const listening = await open({
      model: 'flux-general-multi',
      language: 'pt-BR',
      keyterms: ['Ana', 'Rio'],
    });
    const { request, query } = vendor.last;
    expect(request.url).toMatch(/^\/v2\/listen\?/);
    expect(request.headers.authorization).toBe('Token key');
    expect(request.headers['sec-websocket-extensions']).toBeUndefined();
    expect(Object.fromEntries(query)).toMatchObject({
      model: 'flux-general-multi',
      encoding: 'mulaw',
      sample_rate: '8000',
      eot_threshold: '0.7',
      eager_eot_threshold: '0.4',
      eot_timeout_ms: '5000',
      language_hint: 'pt',
      tag: 'call-1',
    });
    expect(query.getAll('keyterm')).toEqual(['Ana', 'Rio']);
    listening.close();
  });

  it('E7 asks Nova for the model and language of the order, in the line’s own encoding', async () => {
    const format = { encoding: 'pcm16le', rateHz: 16_000 } as const;
    const listening = await open({ model: 'nova-2', language: 'de', format, keyterms: ['Ana'] });
    expect(vendor.last.request.url).toMatch(/^\/v1\/listen\?/);
    expect(Object.fromEntries(vendor.last.query)).toMatchObject({
      model: 'nova-2',
      language: 'de',
      encoding: 'linear16',
      sample_rate: '16000',
      keywords: 'Ana',
    });
    listening.close();
  });

  it('keeps Nova open by messages while the line sends nothing', async () => {
    const listening = await open({ model: 'nova-3' });
    await eventually(() => vendor.last.texts.length >= 2);
    expect(new Set(vendor.last.texts)).toEqual(new Set(['{"type":"KeepAlive"}']));
    expect(vendor.last.soundBytes).toBe(0);
    listening.close();
  });

  it('keeps Flux open by silence, which is no time of the line', async () => {
    const listening = await open();
    listening.send(frame(1));
    await eventually(() => vendor.last.soundBytes >= 160 + 320);
    expect(vendor.last.sounds[1]).toEqual(Buffer.alloc(160, 0xff));
    listening.send(frame(2));
    const sentMs = vendor.last.soundBytes / 8;
    const words = [{ word: 'Hi', confidence: 1, start: 0, end: sentMs / 1000 }];
    const turn = { event: 'EndOfTurn', transcript: 'Hi', words, audio_window_end: sentMs / 1000 };
    vendor.last.say(turnInfo(1, turn));
    const heard = await readUntil(listening.heard, isFinal);
    expect(heard.at(-1)).toMatchObject({ untilMs: 20, words: [{ startMs: 0, endMs: 20 }] });
    listening.close();
  });

  it('asks both for final words and says goodbye', async () => {
    for (const model of ['flux-general-en', 'nova-3']) {
      const listening = await open({ model }, { flux: slow, nova: slow });
      listening.finalize();
      listening.close();
      const finalize = model === 'nova-3' ? 'Finalize' : 'ForceEndTurn';
      await eventually(() => vendor.last.closedWith === 1000);
      expect(vendor.last.messages()).toEqual([{ type: finalize }, { type: 'CloseStream' }]);
    }
  });

  it.each([
    [
      1011,
      'NET-0001 no audio',
      { code: 'provider.unavailable', details: { vendorCode: 'NET-0001' } },
    ],
    [1008, 'DATA-0000 not audio', { code: 'provider.refused', retryable: false }],
    [1000, '', { code: 'provider.unavailable' }],
  ])('says what a close with %i means', async (code, reason, error) => {
    const listening = await open();
    vendor.last.socket.close(code, reason);
    await expect(readUntil(listening.heard)).rejects.toMatchObject(error);
  });

  it.each([
    [{ type: 'Error', code: 'INTERNAL_SERVER_ERROR', description: '' }, 'provider.unavailable'],
    [{ type: 'Error', code: 'INVALID_AUTH', description: '' }, 'provider.refused'],
    [{ type: 'TurnInfo', transcript: 3 }, 'provider.broken'],
    [{ nonsense: true }, 'provider.broken'],
  ])('breaks on %j', async (message, code) => {
    const listening = await open();
    vendor.last.say(message);
    await expect(readUntil(listening.heard)).rejects.toMatchObject({ code });
  });

  it('breaks on a message that is too large', async () => {
    const listening = await open();
    vendor.last.socket.send('x'.repeat(300_000));
    await expect(readUntil(listening.heard)).rejects.toMatchObject({
      code: expect.stringMatching(/^provider\./),
    });
  });

  it('ignores messages it does not know', async () => {
    const listening = await open({ model: 'nova-3' });
    vendor.last.say({ type: 'Metadata' });
    vendor.last.say(results({ transcript: 'Hello' }, { is_final: true, speech_final: true }));
    expect((await readUntil(listening.heard, isFinal)).map(({ type }) => type)).toEqual([
      'speech-started',
      'segment',
    ]);
    listening.close();
  });
});

const slow = { checkMs: 60_000, afterMs: 60_000 };
