import { describe, expect, it } from '@jest/globals';
import { usageIn } from './live-usage.js';

describe('the usage of a Live turn', () => {
  it('tells text from sound; thoughts are text, and so are tokens without a detail', () => {
    const usage = {
      ...{ promptTokenCount: 522, responseTokenCount: 42, thoughtsTokenCount: 136 },
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 332 },
        { modality: 'AUDIO', tokenCount: 165 },
      ],
      responseTokensDetails: [{ modality: 'AUDIO', tokenCount: 42 }],
    };
    expect(usageIn(usage)).toEqual({
      ...{ promptTokens: 522, completionTokens: 178 },
      speech: {
        ...{ textIn: 357, audioIn: 165, cachedTextIn: 0, cachedAudioIn: 0 },
        ...{ textOut: 136, audioOut: 42 },
      },
    });
  });

  it('takes an answer without details for sound', () => {
    const speech = usageIn({ promptTokenCount: 30, responseTokenCount: 12 }).speech;
    expect(speech).toMatchObject({ textIn: 30, audioOut: 12 });
  });
});
