import { AppError } from '@trunkline/kernel';
import { errorOfStatus, unavailable } from '../../src/adapters/connections/provider-error.js';
import { FakeListening, FakeSpeechToText } from '../fakes/fake-speech-to-text.js';
import { listeningOrder } from '../support/listening-orders.js';
import { speechToTextContract } from './speech-to-text.contract.js';

speechToTextContract('the fake', () => {
  const speechToText = new FakeSpeechToText();
  return Promise.resolve({
    speechToText,
    order: listeningOrder(),
    utter: (listening, { text, confidence }) => {
      if (!(listening instanceof FakeListening)) throw new AppError('internal');
      listening.hearsTurn(text, 1500, confidence);
      return Promise.resolve();
    },
    soundBytes: () => speechToText.last.bytes.length,
    drop: () => speechToText.last.breaks(unavailable('fake-stt')),
    refuseNext: (status, headers) => {
      speechToText.failures.push(
        errorOfStatus({ provider: 'fake-stt', status, headers: headers ?? {} }),
      );
    },
    hangNext: () => {
      speechToText.hangs = true;
    },
    sessionsClosed: () => speechToText.sessions.every(({ isClosed }) => isClosed),
    stop: () => Promise.resolve(),
  });
});
