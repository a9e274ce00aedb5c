import { describe, expect, it } from '@jest/globals';
import { historyOf } from '../../test/support/facts.js';
import { transcriptOf } from './transcript.js';

const moment = (startedMs: number) => ({ startedMs, endedMs: startedMs + 50 });

describe('the transcript', () => {
  it('has who said what, by the clock of the call, whatever came late', () => {
    const events = historyOf([
      { type: 'call.started' },
      { type: 'call.turn-agent', data: { ...moment(0), heardText: 'Hi.', interrupted: false } },
      { type: 'call.turn-agent', data: { ...moment(900), heardText: 'Fine.', interrupted: true } },
      { type: 'call.ended' },
      { type: 'call.turn-user', data: { ...moment(500), text: 'How are you?' } },
    ]);
    expect(transcriptOf(events)).toEqual([
      { who: 'agent', text: 'Hi.', interrupted: false, ...moment(0) },
      { who: 'caller', text: 'How are you?', interrupted: false, ...moment(500) },
      { who: 'agent', text: 'Fine.', interrupted: true, ...moment(900) },
    ]);
  });

  it('holds what was heard, not what was meant to be said', () => {
    const events = historyOf([
      { type: 'call.turn-agent', data: { text: 'Never heard.', heardText: '' } },
      { type: 'call.turn-agent', data: { text: 'Half of it.', heardText: 'Half' } },
    ]);
    expect(transcriptOf(events).map(({ text }) => text)).toEqual(['Half']);
  });
});
