import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { CartesiaTextToSpeech } from '../../src/adapters/cartesia/cartesia-text-to-speech.js';
import type { Speaking, SpeakingOrder } from '../../src/app/ports/index.js';
import { CartesiaContext } from '../support/cartesia-wire.js';
import { ScriptedVendor } from '../support/scripted-vendor.js';
import { speakingOrder, sumOf } from '../support/speaking-orders.js';
import { textToSpeechContract } from './text-to-speech.contract.js';

const at = (vendor: ScriptedVendor, changes: Partial<SpeakingOrder> = {}): SpeakingOrder => {
  const access = { provider: 'cartesia', baseUrl: vendor.url, apiKey: 'key', owner: 'acme' };
  return speakingOrder({ access, ...changes });
};

textToSpeechContract('Cartesia', async () => {
  const vendor = await ScriptedVendor.start();
  const textToSpeech = new CartesiaTextToSpeech();
  let context: CartesiaContext | undefined;
  const current = (): CartesiaContext => {
    context ??= CartesiaContext.newest(vendor);
    if (!context) throw new Error('nothing was said');
    return context;
  };
  return {
    textToSpeech,
    order: at(vendor),
    said: () => CartesiaContext.newest(vendor)?.said ?? '',
    isEnded: () => current().requests.at(-1)?.continue === false,
    isCancelled: () => current().requests.at(-1)?.cancel === true,
    sound: (word, durationMs) => current().sound(word, durationMs),
    finish: () => current().finish(),
    drop: () => current().socket.drop(),
    refuseNext: (status, headers) => vendor.refuse(status, headers),
    hangNext: () => vendor.hang(),
    stop: async () => {
      textToSpeech.close();
      await vendor.stop();
    },
  };
});

describe('CartesiaTextToSpeech', () => {
  let vendor: ScriptedVendor;
  let cartesia: CartesiaTextToSpeech;
  const turn = new AbortController();
  const open = (changes: Partial<SpeakingOrder> = {}): Promise<Speaking> =>
    cartesia.open(at(vendor, changes), turn.signal);
  const contextOf = async (text: string): Promise<CartesiaContext> => {
    await eventually(() => CartesiaContext.newest(vendor)?.said === text, { everyMs: 2 });
    return CartesiaContext.newest(vendor)!;
  };
  const owned = (owner: string, apiKey = 'key') => ({
    access: { provider: 'cartesia', baseUrl: vendor.url, apiKey, owner },
  });

  beforeEach(async () => {
    vendor = await ScriptedVendor.start();
    cartesia = new CartesiaTextToSpeech();
  });
  afterEach(async () => {
    cartesia.close();
    await vendor.stop();
  });

  it('asks in the line’s own encoding, with the key in a header', async () => {
    const speaking = await open({ speed: 1.2 });
    await speaking.say('Good morning.');
    const { requests, socket } = await contextOf('Good morning.');
    expect(socket.request.url).toBe('/tts/websocket');
    expect(socket.request.headers).toMatchObject({
      'x-api-key': 'key',
      'cartesia-version': '2025-04-16',
    });
    expect(socket.request.headers['sec-websocket-extensions']).toBeUndefined();
    expect(requests[0]).toEqual({
      context_id: expect.any(String),
      model_id: 'sonic-3',
      voice: { mode: 'id', id: 'f786b574-daa5-4673-aa0c-cbe3e8534c02' },
      output_format: { container: 'raw', encoding: 'pcm_mulaw', sample_rate: 8000 },
      language: 'en',
      max_buffer_delay_ms: 400,
      add_timestamps: true,
      generation_config: { speed: 1.2 },
      transcript: 'Good morning.',
      continue: true,
    });
    expect(requests[1]).toMatchObject({ transcript: '', continue: true, flush: true });
  });

  it('has the first words spoken at once, and leaves the rest to the vendor', async () => {
    const speaking = await open();
    for (const token of ['I', ' can', ' cer', 'tainly', ' do that']) await speaking.say(token);
    const { requests } = await contextOf('I can certainly do that');
    const told = requests.map(({ transcript, flush }) => [transcript, flush ?? false]);
    expect(told).toEqual([
      ['I', false],
      [' can', false],
      ['', true],
      [' cer', false],
      ['tainly', false],
      [' do that', false],
    ]);
  });

  it('opens no connection for a second utterance, and keeps one spare', async () => {
    await cartesia.warm(owned('acme').access, turn.signal);
    expect(vendor.sockets).toHaveLength(1);
    for (const text of ['One.', 'Two.', 'Three.']) {
      const speaking = await open();
      await speaking.say(text);
      const context = await contextOf(text);
      expect(context.socket).toBe(vendor.sockets[0]);
      speaking.cancel();
    }
    await vendor.connected(2);
    expect(vendor.sockets).toHaveLength(2);
  });

  it('puts 16 utterances on one socket and the next on another', async () => {
    const utterances = await Promise.all(Array.from({ length: 20 }, () => open()));
    await Promise.all(utterances.map((speaking, n) => speaking.say(`Number ${n}.`)));
    await eventually(() => {
      const counts = vendor.sockets.map(({ texts }) => texts.length).sort((a, b) => b - a);
      return counts.slice(0, 2).join() === '16,4';
    });
    await vendor.connected(3);
  });

  it('never shares a socket between owners or credentials', async () => {
    for (const access of [owned('acme'), owned('other'), owned('acme', 'new-key')]) {
      await (await open(access)).say('Hello.');
    }
    await eventually(() => vendor.sockets.filter(({ texts }) => texts.length > 0).length === 3);
  });

  it('lets a dead socket take only its own utterances with it', async () => {
    const mine = await open();
    await mine.say('Mine.');
    const mineAt = await contextOf('Mine.');
    const other = await open(owned('other'));
    await other.say('Other.');
    const otherAt = await contextOf('Other.');
    const heard = sumOf(other.spoken);
    mineAt.socket.drop();
    await expect(sumOf(mine.spoken)).rejects.toMatchObject({ code: 'provider.unavailable' });
    otherAt.sound('Other.', 100);
    otherAt.finish();
    expect(await heard).toMatchObject({ soundBytes: 800 });
  });

  it('fails one utterance when the vendor refuses it, not its neighbours', async () => {
    const refused = await open();
    await refused.say('Refused.');
    const refusedAt = await contextOf('Refused.');
    const fine = await open();
    await fine.say('Fine.');
    const fineAt = await contextOf('Fine.');
    refusedAt.fail(429);
    await expect(sumOf(refused.spoken)).rejects.toMatchObject({ code: 'provider.rate-limited' });
    const heard = sumOf(fine.spoken);
    fineAt.sound('Fine.', 100);
    fineAt.finish();
    expect(await heard).toMatchObject({ words: ['Fine.'] });
  });

  it('breaks on what nobody can read', async () => {
    const speaking = await open();
    await speaking.say('Hello.');
    (await contextOf('Hello.')).socket.socket.send('not json');
    await expect(sumOf(speaking.spoken)).rejects.toMatchObject({ code: 'provider.broken' });
  });
});
