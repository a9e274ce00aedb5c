import { describe, expect, it } from '@jest/globals';
import { describe as inWords } from './describe.js';

describe('what happened, in words', () => {
  it.each([
    [
      'call.ended',
      { reason: 'user_hangup', side: 'caller', cost: { micros: 3434, currency: 'USD' } },
      'ended: user_hangup, by caller, cost 0.0034 USD',
    ],
    ['call.ended', { reason: 'error_llm', side: 'platform' }, 'ended: error_llm, by platform'],
    [
      'call.recording-stored',
      { durationMs: 14_600, truncated: true },
      'recording stored, 14600 ms, not whole',
    ],
    ['analysis.transcript-ready', { lines: [{}, {}] }, 'transcript put together, 2 lines'],
    ['call.unheard-of', { some: 'thing' }, 'call.unheard-of {"some":"thing"}'],
  ])('%s', (type, data, what) => {
    expect(inWords(type, data).what).toBe(what);
  });
});
