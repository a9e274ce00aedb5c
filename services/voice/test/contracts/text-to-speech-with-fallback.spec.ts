import { errorOfStatus, unavailable } from '../../src/adapters/connections/provider-error.js';
import { CircuitBreaker } from '../../src/app/failover/circuit-breaker.js';
import { TextToSpeechWithFallback } from '../../src/app/speaking-failover/text-to-speech-with-fallback.js';
import { FakeTextToSpeech } from '../fakes/fake-text-to-speech.js';
import { speakingOrder } from '../support/speaking-orders.js';
import { textToSpeechContract } from './text-to-speech.contract.js';

textToSpeechContract('a voice with nobody to fall back to', () => {
  const vendor = new FakeTextToSpeech('fake-tts', { speaks: false, msPerWord: 0 });
  const { access } = speakingOrder();
  const circuit = new CircuitBreaker();
  return Promise.resolve({
    textToSpeech: new TextToSpeechWithFallback({
      choices: [{ textToSpeech: vendor, access, modelName: 'm', voice: null, circuit }],
      onFailure: () => undefined,
    }),
    order: speakingOrder(),
    said: () => vendor.last.said,
    isEnded: () => vendor.last.isEnded,
    isCancelled: () => vendor.last.isCancelled,
    sound: (word, durationMs) => vendor.last.sounds(word, durationMs),
    finish: () => vendor.last.finishes(),
    drop: () => {
      vendor.failures.push(unavailable('fake-tts'));
      vendor.last.breaks(unavailable('fake-tts'));
    },
    // Twice: a vendor that is merely unavailable is asked once more.
    refuseNext: (status, headers = {}) => {
      const error = () => errorOfStatus({ provider: 'fake-tts', status, headers });
      vendor.failures.push(error(), error());
    },
    hangNext: () => {
      vendor.hangs = true;
    },
    stop: () => Promise.resolve(),
  });
});
