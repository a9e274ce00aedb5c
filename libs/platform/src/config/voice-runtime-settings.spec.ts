import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { loadConfig } from './load-config.js';
import { voiceRuntimeSettings } from './voice-runtime-settings.js';

const schema = z.strictObject(voiceRuntimeSettings);

describe('O23 the settings of the voice runtime', () => {
  it('O23 have the published names', () => {
    const secret = 's'.repeat(32);
    const settings = loadConfig(schema, {
      VOICE_RUNTIME_WS_BASE_URL: 'wss://voice.example.com',
      VOICE_RUNTIME_BASE_URL: 'https://voice.example.com',
      VOICE_RUNTIME_SIGNING_SECRET: secret,
      VOICE_RUNTIME_DEFAULT_MODE: 'realtime',
    });
    expect(settings).toMatchObject({
      VOICE_RUNTIME_WS_BASE_URL: 'wss://voice.example.com',
      VOICE_RUNTIME_BASE_URL: 'https://voice.example.com',
      VOICE_RUNTIME_DEFAULT_MODE: 'realtime',
    });
    expect(settings.VOICE_RUNTIME_SIGNING_SECRET.reveal()).toBe(secret);
    expect(JSON.stringify(settings)).not.toContain(secret);
  });

  it('O23 work on a laptop without being set', () => {
    expect(loadConfig(schema, {}).VOICE_RUNTIME_DEFAULT_MODE).toBe('pipeline');
  });

  it.each([
    ['VOICE_RUNTIME_WS_BASE_URL', 'https://voice.example.com'],
    ['VOICE_RUNTIME_BASE_URL', 'voice'],
    ['VOICE_RUNTIME_SIGNING_SECRET', 'short'],
    ['VOICE_RUNTIME_DEFAULT_MODE', 'fast'],
  ])('O23 refuse %s=%s', (name, value) => {
    expect(() => loadConfig(schema, { [name]: value })).toThrow(name);
  });
});
