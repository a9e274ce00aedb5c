import { describe, expect, it } from '@jest/globals';
import type { Heard } from '../../app/ports/index.js';
import type { Reading } from './dialect.js';
import { fluxDialect } from './flux-dialect.js';

const turn = (sequence: number, event: string, transcript: string, more: object = {}): string =>
  JSON.stringify({
    type: 'TurnInfo',
    sequence_id: sequence,
    event,
    transcript,
    audio_window_end: sequence,
    words: [],
    end_of_turn_confidence: 0.7,
    ...more,
  });

function readAll(...messages: readonly string[]): Heard[] {
  const reader = fluxDialect.reader((vendorMs) => vendorMs);
  return messages.flatMap((message) => [...heardOf(reader.read(message))]);
}

function heardOf(reading: Reading): readonly Heard[] {
  if (reading instanceof Error) throw reading;
  return reading;
}

describe('what Flux says', () => {
  it('keeps the text of a turn whose words are missing', () => {
    const heard = readAll(turn(1, 'StartOfTurn', ''), turn(2, 'EndOfTurn', 'Hello there'));
    expect(heard.at(-1)).toMatchObject({
      type: 'turn-ended',
      text: 'Hello there',
      confidence: 0.7,
      untilMs: 2000,
      words: [
        { text: 'Hello', startMs: 750, endMs: 1375 },
        { text: 'there', startMs: 1375, endMs: 2000 },
      ],
    });
  });

  it('tells every partial once, and none of an empty line', () => {
    const heard = readAll(
      turn(1, 'Update', ''),
      turn(2, 'StartOfTurn', 'Hi'),
      turn(3, 'Update', 'Hi'),
      turn(4, 'Update', 'Hi you'),
    );
    expect(heard).toEqual([
      { type: 'speech-started' },
      { type: 'partial', text: 'Hi' },
      { type: 'partial', text: 'Hi you' },
    ]);
  });

  it('tells of an eager end and that it was none', () => {
    const heard = readAll(
      turn(1, 'StartOfTurn', 'Yes'),
      turn(2, 'EagerEndOfTurn', 'Yes'),
      turn(3, 'TurnResumed', 'Yes but'),
      turn(4, 'EndOfTurn', 'Yes but no', { languages: ['en', 'de'] }),
    );
    expect(heard.map(({ type }) => type)).toEqual([
      'speech-started',
      'partial',
      'eager-end',
      'partial',
      'turn-resumed',
      'turn-ended',
    ]);
    expect(heard.at(-1)).toMatchObject({ text: 'Yes but no', language: 'en' });
  });

  it('ignores what is sent twice or was overtaken', () => {
    const heard = readAll(
      turn(1, 'StartOfTurn', 'Yes'),
      turn(3, 'EndOfTurn', 'Yes please'),
      turn(3, 'EndOfTurn', 'Yes please'),
      turn(2, 'Update', 'Yes pl'),
    );
    expect(heard.map(({ type }) => type)).toEqual(['speech-started', 'partial', 'turn-ended']);
  });

  it('starts the next turn anew', () => {
    const heard = readAll(
      turn(1, 'StartOfTurn', 'Yes'),
      turn(2, 'EndOfTurn', 'Yes'),
      turn(3, 'Update', 'Yes'),
    );
    expect(heard.map(({ type }) => type).slice(-2)).toEqual(['speech-started', 'partial']);
  });
});
