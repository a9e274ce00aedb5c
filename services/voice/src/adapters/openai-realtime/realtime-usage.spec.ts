import { describe, expect, it } from '@jest/globals';
import { usageIn } from './realtime-usage.js';

describe('the usage of a Realtime response', () => {
  it('tells text from sound, and takes what was cached out of both', () => {
    const usage = {
      ...{ input_tokens: 400, output_tokens: 150 },
      input_token_details: {
        ...{ text_tokens: 300, audio_tokens: 100, cached_tokens: 256 },
        cached_tokens_details: { text_tokens: 192, audio_tokens: 64 },
      },
      output_token_details: { text_tokens: 30, audio_tokens: 120 },
    };
    expect(usageIn(usage)).toEqual({
      ...{ promptTokens: 400, completionTokens: 150 },
      speech: {
        ...{ textIn: 108, audioIn: 36, cachedTextIn: 192, cachedAudioIn: 64 },
        ...{ textOut: 30, audioOut: 120 },
      },
    });
  });

  it('takes what is not told apart for text that goes in and sound that comes out', () => {
    expect(usageIn({ input_tokens: 30, output_tokens: 12 })?.speech).toMatchObject({
      ...{ textIn: 30, audioIn: 0, textOut: 0, audioOut: 12 },
    });
  });

  it('knows nothing of what is not told in tokens', () => {
    expect(usageIn({})).toBeNull();
    expect(usageIn(undefined)).toBeNull();
  });
});
