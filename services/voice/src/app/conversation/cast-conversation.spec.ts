import { describe, expect, it } from '@jest/globals';
import { agentDefaults } from '@trunkline/contracts';
import { AppError } from '@trunkline/kernel';
import { FakeSpeechToSpeech } from '../../../test/fakes/fake-speech-to-speech.js';
import type { CastOf, Vendors } from '../call/casting.js';
import { CircuitBreakers } from '../failover/circuit-breaker.js';
import { phoneFormat } from '../ports/index.js';
import { castModel } from './cast-conversation.js';

const never = new AbortController().signal;

class Scene {
  readonly vendor = new FakeSpeechToSpeech('openai-realtime');
  isInstalled = true;
  readonly vendors: Vendors = {
    ...{ speechToText: [], languageModels: [], textToSpeech: [] },
    speechToSpeech: [this.vendor],
    breakers: new CircuitBreakers(),
    house: () => (this.isInstalled ? { baseUrl: 'http://house', apiKey: 'k' } : null),
  };
  readonly of: CastOf = {
    ...{ callId: 'c1', tenant: 't1', format: phoneFormat },
    runtime: { version: 1, keys: [], config: { ...agentDefaults, prompt: 'Be kind.' } },
  } as unknown as CastOf;

  open(): Promise<unknown> {
    const tools = { specs: [], run: () => Promise.reject(new Error('no tools')) };
    const order = { mode: 'openai-realtime', of: this.of, systemText: 'Be kind.', tools } as const;
    return castModel(this.vendors, order).open([], never);
  }
}

describe('the model of a speech-to-speech call', () => {
  it('O12 is opened with the usual model and the account of the house', async () => {
    const scene = new Scene();
    await scene.open();
    expect(scene.vendor.orders).toMatchObject([
      { model: 'gpt-realtime', voice: 'marin', access: { owner: 'house', provider: 'openai' } },
    ]);
  });

  it('O17 is left alone while its circuit is open, which is not that of the chat', async () => {
    const scene = new Scene();
    scene.vendor.refuses(503);
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(scene.open()).rejects.toMatchObject({ code: 'provider.unavailable' });
    }
    scene.vendor.refuses(undefined);
    await expect(scene.open()).rejects.toMatchObject({ details: { circuit: 'open' } });
    expect(scene.vendor.orders).toEqual([]);
    const chat = { provider: 'openai', baseUrl: 'http://house', apiKey: 'k', owner: 'house' };
    expect(scene.vendors.breakers.of(chat).isOpen).toBe(false);
  });

  it('O17 that is not installed is one that cannot be reached, and the call may go on', async () => {
    const scene = new Scene();
    scene.isInstalled = false;
    await expect(scene.open()).rejects.toBeInstanceOf(AppError);
  });
});
