import { describe, expect, it } from '@jest/globals';
import { Secret } from '@trunkline/platform';
import { usualModeOf } from './usual-mode.js';

describe('O23 VOICE_RUNTIME_DEFAULT_MODE', () => {
  it.each([
    ['pipeline', '', 'key', 'cascaded'],
    ['realtime', '', '', 'openai-realtime'],
    ['realtime', 'key', 'key', 'openai-realtime'],
    ['realtime', '', 'key', 'gemini-live'],
  ] as const)('O23 %s with keys "%s" and "%s" is %s', (mode, openai, gemini, usual) => {
    const settings = {
      VOICE_RUNTIME_DEFAULT_MODE: mode,
      OPENAI_API_KEY: new Secret(openai),
      GEMINI_API_KEY: new Secret(gemini),
    };
    expect(usualModeOf(settings)).toBe(usual);
  });
});
