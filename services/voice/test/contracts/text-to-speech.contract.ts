import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import type { Speaking, SpeakingOrder, TextToSpeech } from '../../src/app/ports/index.js';
import { sumOf } from '../support/speaking-orders.js';

/** A vendor, or a fake, under the control of the suite; what it sounds is the suite's doing. */
export interface TextToSpeechSubject {
  readonly textToSpeech: TextToSpeech;
  readonly order: SpeakingOrder;
  /** What the newest utterance was told to say. */
  said(): string;
  isEnded(): boolean;
  isCancelled(): boolean;
  /** The newest utterance sounds a word for so long. */
  sound(word: string, durationMs: number): void;
  finish(): void;
  /** The newest utterance loses its connection. */
  drop(): void;
  refuseNext(status: number, headers?: Readonly<Record<string, string>>): void;
  hangNext(): void;
  stop(): Promise<void>;
}

/** What every TextToSpeech promises; a new vendor is done when this passes. */
export function textToSpeechContract(
  name: string,
  start: () => Promise<TextToSpeechSubject>,
): void {
  describe(`TextToSpeech contract: ${name}`, () => {
    let subject: TextToSpeechSubject;
    let turn: AbortController;
    const open = (): Promise<Speaking> => subject.textToSpeech.open(subject.order, turn.signal);
    const told = (text: string) => eventually(() => subject.said() === text, { everyMs: 2 });

    beforeEach(async () => {
      subject = await start();
      turn = new AbortController();
    });
    afterEach(async () => {
      turn.abort();
      await subject.stop();
    });

    it('speaks what was said, with the times of its words, and ends after the last sound', async () => {
      const speaking = await open();
      const sum = sumOf(speaking.spoken);
      for (const token of ['Hello', ' there', ', how', ' are', ' you', '?'])
        await speaking.say(token);
      speaking.end();
      await told('Hello there, how are you?');
      await eventually(() => subject.isEnded());
      for (const word of ['Hello', 'there,', 'how', 'are', 'you?']) subject.sound(word, 200);
      subject.finish();
      expect(await sum).toEqual({
        soundBytes: 8000,
        words: ['Hello', 'there,', 'how', 'are', 'you?'],
        endsMs: [200, 400, 600, 800, 1000],
      });
    });

    it('ends at once when nothing was said', async () => {
      const speaking = await open();
      speaking.end();
      expect(await sumOf(speaking.spoken)).toMatchObject({ soundBytes: 0 });
    });

    it('stops the vendor and ends when cancelled, whatever sound was on its way', async () => {
      const speaking = await open();
      await speaking.say('Let me tell you everything.');
      await told('Let me tell you everything.');
      subject.sound('Let', 200);
      speaking.cancel();
      await eventually(() => subject.isCancelled());
      subject.sound('me', 200);
      expect(await sumOf(speaking.spoken)).toMatchObject({ soundBytes: 0 });
      await speaking.say('More.');
      speaking.flush();
      speaking.end();
    });

    it('is cancelled by the signal it was opened with', async () => {
      const speaking = await open();
      await speaking.say('Let me tell you everything.');
      await told('Let me tell you everything.');
      turn.abort();
      await eventually(() => subject.isCancelled());
      expect(await sumOf(speaking.spoken)).toMatchObject({ soundBytes: 0 });
    });

    it('is cancelled by a listener who leaves', async () => {
      const speaking = await open();
      await speaking.say('Let me tell you everything.');
      await told('Let me tell you everything.');
      subject.sound('Let', 200);
      for await (const piece of speaking.spoken) if (piece) break;
      await eventually(() => subject.isCancelled());
    });

    it('throws when the connection breaks, after the sound that came before', async () => {
      const speaking = await open();
      await speaking.say('Let me tell you everything.');
      await told('Let me tell you everything.');
      subject.sound('Let', 200);
      const heard: string[] = [];
      const listening = (async () => {
        for await (const piece of speaking.spoken) heard.push(piece.type);
      })();
      await eventually(() => heard.includes('audio'));
      subject.drop();
      await expect(listening).rejects.toMatchObject({
        code: 'provider.unavailable',
        retryable: true,
      });
      await speaking.say('This throws nothing.');
    });

    it('lets text wait while more than 30 s of sound are undelivered', async () => {
      const speaking = await open();
      await speaking.say('Once upon a time.');
      await told('Once upon a time.');
      for (let n = 0; n < 31; n += 1) subject.sound('once', 1000);
      await eventually(async () => {
        let mayPass = false;
        void speaking.say('').then(() => (mayPass = true));
        await new Promise(setImmediate);
        return !mayPass;
      });
      const saying = speaking.say('And more.');
      const listener = speaking.spoken[Symbol.asyncIterator]();
      for (let n = 0; n < 4; n += 1) await listener.next();
      await saying;
      await told('Once upon a time.And more.');
    });

    it.each([
      [401, {}, { code: 'provider.refused', retryable: false }],
      [503, {}, { code: 'provider.unavailable', retryable: true }],
      [
        429,
        { 'retry-after': '7' },
        { code: 'provider.rate-limited', details: { retryAfterMs: 7000 } },
      ],
    ])('says what a refusal with %i means', async (status, headers, error) => {
      subject.refuseNext(status, headers);
      await expect(open()).rejects.toMatchObject(error);
    });

    it('stops opening as soon as the signal aborts', async () => {
      subject.hangNext();
      const opening = open();
      const reason = new Error('interrupted');
      turn.abort(reason);
      await expect(opening).rejects.toBe(reason);
    });
  });
}
