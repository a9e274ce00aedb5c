import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import { CartesiaTextToSpeech } from '../../src/adapters/cartesia/cartesia-text-to-speech.js';
import { DeepgramSpeechToText } from '../../src/adapters/deepgram/deepgram-speech-to-text.js';
import { CircuitBreaker, CircuitBreakers } from '../../src/app/failover/circuit-breaker.js';
import { Hearing } from '../../src/app/hearing/hearing.js';
import type { HearingNews } from '../../src/app/hearing/hearing-news.js';
import type { ListeningOrder, SpeakingOrder } from '../../src/app/ports/index.js';
import { TextToSpeechWithFallback } from '../../src/app/speaking-failover/text-to-speech-with-fallback.js';
import { CallerSound } from '../support/caller-sound.js';
import { isFinal, listeningOrder, readUntil } from '../support/listening-orders.js';
import { Sandbox } from '../support/sandbox.js';
import { speakingOrder, sumOf } from '../support/speaking-orders.js';

let sandbox: Sandbox;
let call: AbortController;
let keyNumber = 0;
let key = '';

beforeAll(async () => {
  sandbox = await Sandbox.start();
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  call = new AbortController();
  key = `key-${(keyNumber += 1)}`;
});
afterEach(() => call.abort());

const accessTo = (provider: string) => ({
  provider,
  baseUrl: `${sandbox.url}/${provider}`,
  apiKey: key,
  owner: key,
});

describe('Deepgram, as the stand-in plays it', () => {
  const caller = new CallerSound('could you book alike table forus four today');
  const order = (model: string): ListeningOrder =>
    listeningOrder({ access: accessTo('deepgram'), model });

  beforeAll(() => sandbox.tell('/utterances', { text: caller.text, audio: caller.wavBase64() }));

  it.each(['flux-general-en', 'nova-3'])('E7 %s understands every word', async (model) => {
    const listening = await new DeepgramSpeechToText().open(order(model), call.signal);
    const heard = readUntil(listening.heard, isFinal);
    for (const frame of caller.frames(1000)) listening.send(frame);
    const all = await heard;
    const finals = all.filter((one) => one.type === 'segment' || one.type === 'turn-ended');
    expect(finals.map(({ text }) => text).join(' ')).toBe(caller.text);
    expect(finals[0]?.confidence).toBeGreaterThan(0.5);
    expect(finals[0]?.alternatives[0]?.text).toBe(finals[0]?.text);
    expect(all[0]).toEqual({ type: 'speech-started' });
  });

  it('is refused with a bad key', async () => {
    key = 'bad-key';
    const opening = new DeepgramSpeechToText().open(order('flux-general-en'), call.signal);
    await expect(opening).rejects.toMatchObject({ code: 'provider.refused' });
  });

  /** One caller's sentence through `models`, whose first session does something wrong half way. */
  async function hearThrough(models: readonly [string, ...string[]]): Promise<HearingNews[]> {
    const speechToText = new DeepgramSpeechToText();
    const [first, ...others] = models.map((model) => ({ speechToText, order: order(model) }));
    const news: HearingNews[] = [];
    const hearing = new Hearing({
      choices: [first!, ...others],
      breakers: new CircuitBreakers(),
      signal: call.signal,
      // Only the standby may come at once: its turn has no delay.
      wait: (delayMs) => (others.length > 0 && delayMs > 0 ? forever() : Promise.resolve()),
    });
    const listening = (async () => {
      for await (const one of hearing.news) news.push(one);
    })();
    const stopSpeaking = speakInRealTime((frame) => hearing.send(frame));
    await eventually(() => news.some((one) => isEnd(one)), { deadlineMs: 30_000 });
    stopSpeaking();
    hearing.close();
    await listening;
    return news;
  }

  /** By the clock, and silence without end after it: as a line does. */
  function speakInRealTime(send: (frame: Uint8Array) => void): () => void {
    const frames = caller.frames(20);
    const silence = frames.at(-1)!;
    const startMs = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = (performance.now() - startMs) / 20;
      for (; sent < due; sent += 1) send(frames[sent] ?? silence);
    }, 20);
    return () => clearInterval(timer);
  }

  const textOf = (news: readonly HearingNews[]): string =>
    news
      .flatMap((one) => (one.type === 'segment' || one.type === 'turn-ended' ? [one.text] : []))
      .join(' ');

  it.each([
    ['flux-general-en', 'die-in-middle'],
    ['flux-general-en', 'stall-in-middle'],
    ['nova-3', 'die-in-middle'],
    ['nova-3', 'stall-in-middle'],
  ])('E23 not a word is lost or doubled when %s plays %s', async (model, kind) => {
    await sandbox.fault('deepgram', key, { kind, afterMessages: 5 });
    const news = await hearThrough([model]);
    expect(textOf(news)).toBe(caller.text);
    expect(news.map(({ type }) => type)).not.toContain('lost-utterance');
  });

  it('E23 a standby hears the whole sentence that its predecessor broke off', async () => {
    await sandbox.fault('deepgram', key, { kind: 'die-in-middle', afterMessages: 5 });
    const news = await hearThrough(['flux-general-en', 'nova-3']);
    expect(textOf(news)).toBe(caller.text);
    expect(news.find(({ type }) => type === 'recovered')).toMatchObject({ model: 'nova-3' });
  });
});

const isEnd = (one: HearingNews): boolean =>
  one.type === 'turn-ended' || (one.type === 'segment' && one.speechFinal);

function forever(): Promise<never> {
  return new Promise((_resolve, reject) => {
    call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true });
  });
}

describe('Cartesia, as the stand-in plays it', () => {
  let cartesia: CartesiaTextToSpeech;
  const text = 'Your table is booked for two at eight. We look forward to seeing you.';
  const order = (): SpeakingOrder => speakingOrder({ access: accessTo('cartesia') });
  const voice = () =>
    new TextToSpeechWithFallback({
      choices: [
        {
          textToSpeech: cartesia,
          access: accessTo('cartesia'),
          modelName: 'sonic-3',
          voice: null,
          circuit: new CircuitBreaker(),
        },
      ],
      onFailure: () => undefined,
    });

  beforeAll(() => sandbox.tell('/cartesia/settings', { speed: 50, firstByteMs: 10 }));
  beforeEach(() => {
    cartesia = new CartesiaTextToSpeech();
  });
  afterEach(() => cartesia.close());

  it('speaks every word of a text that comes token by token', async () => {
    const speaking = await cartesia.open(order(), call.signal);
    const sum = sumOf(speaking.spoken);
    for (const token of text.split(/(?= )/)) await speaking.say(token);
    speaking.end();
    const { words, soundBytes, endsMs } = await sum;
    expect(words.join(' ')).toBe(text);
    expect(endsMs.at(-1)).toBeLessThanOrEqual(soundBytes / 8);
  });

  it('has the vendor stop when cancelled', async () => {
    const { cancels } = await sandbox.counts('cartesia');
    const speaking = await cartesia.open(order(), call.signal);
    await speaking.say(text);
    speaking.cancel();
    await eventually(async () => (await sandbox.counts('cartesia')).cancels === cancels + 1);
  });

  it('finishes a sentence whose connection died, without a word twice', async () => {
    await sandbox.fault('cartesia', key, { kind: 'die-in-middle', afterMessages: 6 });
    const speaking = await voice().open(order(), call.signal);
    const sum = sumOf(speaking.spoken);
    for (const token of text.split(/(?= )/)) await speaking.say(token);
    speaking.end();
    expect((await sum).words.join(' ')).toBe(text);
  });

  it('notices a vendor that does not answer, and one that stops speaking', async () => {
    const speak = async () => {
      const speaking = await cartesia.open(order(), call.signal);
      await speaking.say(text);
      return sumOf(speaking.spoken);
    };
    await sandbox.fault('cartesia', key, { kind: 'stall' });
    await expect(speak()).rejects.toMatchObject({ code: 'provider.timeout' });
    await cartesia.warm(accessTo('cartesia'), call.signal);
    await sandbox.fault('cartesia', key, { kind: 'stall' });
    await expect(speak()).rejects.toMatchObject({
      code: 'provider.timeout',
      details: { waitedFor: 'sound' },
    });
  });
});
