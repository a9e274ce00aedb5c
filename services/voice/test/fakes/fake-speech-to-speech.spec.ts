import { phoneFormat } from '../../src/app/ports/audio-format.js';
import { speechToSpeechContract } from '../contracts/speech-to-speech.contract.js';
import { FakeSpeechToSpeech } from './fake-speech-to-speech.js';

speechToSpeechContract('the fake', () => {
  const fake = new FakeSpeechToSpeech();
  return Promise.resolve({
    adapter: fake,
    vendor: fake,
    order: {
      access: { provider: 'fake', baseUrl: '', apiKey: '', owner: 't1' },
      model: 'm',
      voice: 'v',
      instructions: 'Be kind.',
      language: 'en',
      temperature: 0.7,
      tools: [],
      history: [],
      hears: phoneFormat,
      speaks: phoneFormat,
    },
    close: () => Promise.resolve(),
  });
});
