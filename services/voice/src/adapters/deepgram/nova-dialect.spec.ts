import { describe, expect, it } from '@jest/globals';
import type { Heard } from '../../app/ports/index.js';
import { novaDialect } from './nova-dialect.js';

const results = (transcript: string, more: object = {}): object => ({
  type: 'Results',
  start: 0,
  duration: 1,
  channel: { alternatives: [{ transcript, confidence: 0.8, words: [] }] },
  ...more,
});
const started = { type: 'SpeechStarted', channel: [0], timestamp: 0 };
const utteranceEnd = { type: 'UtteranceEnd', channel: [0], last_word_end: 1 };

function readAll(...messages: readonly object[]): Heard[] {
  const reader = novaDialect.reader((vendorMs) => vendorMs);
  return messages.flatMap((message) => {
    const reading = reader.read(JSON.stringify(message));
    if (reading instanceof Error) throw reading;
    return [...reading];
  });
}

const typesOf = (heard: readonly Heard[]): string[] => heard.map(({ type }) => type);

describe('what Nova says', () => {
  it('announces speech that the vendor did not', () => {
    const heard = readAll(results('hello'), results('hello you', { is_final: true }));
    expect(typesOf(heard)).toEqual(['speech-started', 'partial', 'segment']);
  });

  it('counts every announcement until there are words', () => {
    const heard = readAll(started, started, results('hello'), started);
    expect(typesOf(heard)).toEqual(['speech-started', 'speech-started', 'partial']);
  });

  it('gives the words as they are written, with the line’s times', () => {
    const words = [{ word: 'hello', punctuated_word: 'Hello,', start: 0.1, end: 0.5 }];
    const channel = {
      alternatives: [
        { transcript: 'Hello,', confidence: 0.9, words },
        { transcript: 'Yellow,', confidence: 0.4, words: [] },
      ],
    };
    const [, segment] = readAll(results('', { channel, is_final: true, speech_final: true }));
    expect(segment).toEqual({
      type: 'segment',
      text: 'Hello,',
      confidence: 0.9,
      alternatives: [
        { text: 'Hello,', confidence: 0.9 },
        { text: 'Yellow,', confidence: 0.4 },
      ],
      words: [{ text: 'Hello,', startMs: 100, endMs: 500 }],
      untilMs: 1000,
      speechFinal: true,
    });
  });

  it('ends an utterance that the vendor ended without words', () => {
    const heard = readAll(results('hello', { is_final: true }), utteranceEnd, utteranceEnd);
    expect(typesOf(heard)).toEqual(['speech-started', 'segment', 'segment']);
    expect(heard.at(-1)).toMatchObject({ text: '', speechFinal: true });
  });

  it('takes the answer to Finalize as the end, even when it is empty', () => {
    const heard = readAll(results('', { is_final: true, from_finalize: true }));
    expect(heard).toMatchObject([{ type: 'segment', text: '', speechFinal: true }]);
  });

  it('ignores what is sent twice or was overtaken', () => {
    const final = results('hello', { is_final: true, speech_final: true });
    expect(typesOf(readAll(final, final, results('hell')))).toEqual(['speech-started', 'segment']);
  });
});
