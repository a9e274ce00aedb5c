import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@trunkline/testing';
import type { Heard, Listening, ListeningOrder, SpeechToText } from '../../src/app/ports/index.js';
import { frame, isFinal, readUntil } from '../support/listening-orders.js';

/** A vendor, or a fake, under the control of the suite. */
export interface SpeechToTextSubject {
  readonly speechToText: SpeechToText;
  readonly order: ListeningOrder;
  /** How sure the vendor is of what it hears; 0.9 where the suite may choose. */
  readonly confidence?: number;
  /** Lets a session hear one whole utterance. */
  utter(listening: Listening, utterance: Utterance): Promise<void>;
  /** How many bytes the last session has been given, wrapping and all. */
  soundBytes(): number;
  /** The newest session loses its connection. */
  drop(): void;
  refuseNext(status: number, headers?: Readonly<Record<string, string>>): void;
  hangNext(): void;
  sessionsClosed(): boolean;
  stop(): Promise<void>;
}

export interface Utterance {
  readonly text: string;
  readonly confidence: number;
}

export const utteredText = 'I would like a table for two';

/** What every SpeechToText promises; a new vendor is done when this passes. */
export function speechToTextContract(
  name: string,
  start: () => Promise<SpeechToTextSubject>,
): void {
  describe(`SpeechToText contract: ${name}`, () => {
    let subject: SpeechToTextSubject;
    let call: AbortController;
    const open = () => subject.speechToText.open(subject.order, call.signal);

    beforeEach(async () => {
      subject = await start();
      call = new AbortController();
    });
    afterEach(async () => {
      call.abort();
      await subject.stop();
    });

    it('E7 answers transcript, confidence and alternatives, in the order of a conversation', async () => {
      const listening = await open();
      const utterance = { text: utteredText, confidence: subject.confidence ?? 0.9 };
      await subject.utter(listening, utterance);
      const heard = await readUntil(listening.heard, isFinal);
      const final = heard.find((one) => one.type === 'turn-ended' || one.type === 'segment');
      expect(heard[0]?.type).toBe('speech-started');
      expect(heard.filter((one) => one.type === 'partial').length).toBeGreaterThan(0);
      expect(final).toMatchObject({
        text: utterance.text,
        confidence: expect.closeTo(utterance.confidence, 5),
        alternatives: [{ text: utterance.text }],
      });
      expect(wordsOf(final)).toBe(utterance.text);
    });

    it('takes frames as they come and lets the line use its buffer again', async () => {
      const listening = await open();
      const reused = frame(1);
      for (let n = 0; n < 10; n += 1) listening.send(reused.fill(n));
      await eventually(() => subject.soundBytes() >= 1600);
    });

    it('ends quietly when closed, and takes frames and questions in vain after that', async () => {
      const listening = await open();
      listening.close();
      listening.send(frame(1));
      listening.finalize();
      listening.close();
      expect(await readUntil(listening.heard)).toEqual([]);
      await eventually(() => subject.sessionsClosed());
    });

    it('ends quietly with the signal it was opened with', async () => {
      const listening = await open();
      call.abort();
      expect(await readUntil(listening.heard)).toEqual([]);
      await eventually(() => subject.sessionsClosed());
    });

    it('throws when the connection breaks', async () => {
      const listening = await open();
      subject.drop();
      await expect(readUntil(listening.heard)).rejects.toMatchObject({
        code: 'provider.unavailable',
        retryable: true,
      });
    });

    it.each([
      [401, {}, { code: 'provider.refused', retryable: false }],
      [400, {}, { code: 'provider.refused', retryable: false }],
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
      const reason = new Error('hung up');
      call.abort(reason);
      await expect(opening).rejects.toBe(reason);
    });
  });
}

function wordsOf(heard: Heard | undefined): string {
  if (heard?.type !== 'turn-ended' && heard?.type !== 'segment') return '';
  const { words } = heard;
  expect(words.every((word) => word.startMs <= word.endMs)).toBe(true);
  return words.map(({ text }) => text).join(' ');
}
