import { afterAll, beforeAll } from '@jest/globals';
import { DeepgramSpeechToText } from '../../src/adapters/deepgram/deepgram-speech-to-text.js';
import { speechToTextContract, utteredText } from '../contracts/speech-to-text.contract.js';
import { CallerSound } from '../support/caller-sound.js';
import { listeningOrder } from '../support/listening-orders.js';
import { Sandbox } from '../support/sandbox.js';
import { VendorProxy } from '../support/vendor-proxy.js';

let sandbox: Sandbox;
const caller = new CallerSound(utteredText);

beforeAll(async () => {
  sandbox = await Sandbox.start();
  await sandbox.tell('/utterances', { text: caller.text, audio: caller.wavBase64() });
});
afterAll(() => sandbox.stop());

for (const model of ['flux-general-en', 'nova-2']) {
  speechToTextContract(`Deepgram ${model}, as the stand-in plays it`, async () => {
    const proxy = await VendorProxy.start(sandbox.url);
    const baseUrl = `${proxy.url}/deepgram`;
    const access = { provider: 'deepgram', baseUrl, apiKey: 'key', owner: 'acme' };
    return {
      speechToText: new DeepgramSpeechToText(),
      order: listeningOrder({ access, model }),
      confidence: 0.98,
      utter: (listening) => {
        for (const frame of caller.frames(1000)) listening.send(frame);
        return Promise.resolve();
      },
      soundBytes: () => proxy.bytesUp,
      drop: () => proxy.drop(),
      refuseNext: (status, headers) => proxy.refuseNext(status, headers),
      hangNext: () => proxy.hangNext(),
      sessionsClosed: () => proxy.isQuiet,
      stop: () => proxy.stop(),
    };
  });
}
