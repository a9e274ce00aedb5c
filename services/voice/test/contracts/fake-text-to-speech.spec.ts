import { describe, expect, it } from '@jest/globals';
import { errorOfStatus, unavailable } from '../../src/adapters/connections/provider-error.js';
import { FakeTextToSpeech } from '../fakes/fake-text-to-speech.js';
import { speakingOrder, sumOf } from '../support/speaking-orders.js';
import { textToSpeechContract } from './text-to-speech.contract.js';

textToSpeechContract('the fake', () => {
  const textToSpeech = new FakeTextToSpeech('fake-tts', { speaks: false, msPerWord: 0 });
  return Promise.resolve({
    textToSpeech,
    order: speakingOrder(),
    said: () => textToSpeech.last.said,
    isEnded: () => textToSpeech.last.isEnded,
    isCancelled: () => textToSpeech.last.isCancelled,
    sound: (word, durationMs) => textToSpeech.last.sounds(word, durationMs),
    finish: () => textToSpeech.last.finishes(),
    drop: () => textToSpeech.last.breaks(unavailable('fake-tts')),
    refuseNext: (status, headers) => {
      textToSpeech.failures.push(
        errorOfStatus({ provider: 'fake-tts', status, headers: headers ?? {} }),
      );
    },
    hangNext: () => {
      textToSpeech.hangs = true;
    },
    stop: () => Promise.resolve(),
  });
});

describe('FakeTextToSpeech', () => {
  it('speaks by itself when a spec has nothing to say about it', async () => {
    const speaking = await new FakeTextToSpeech().open(
      speakingOrder(),
      new AbortController().signal,
    );
    await speaking.say('Good morning');
    speaking.end();
    expect(await sumOf(speaking.spoken)).toEqual({
      soundBytes: 4800,
      words: ['Good', 'morning'],
      endsMs: [300, 600],
    });
  });
});
