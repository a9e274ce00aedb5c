import { describe, expect, it } from '@jest/globals';
import { ended, givenAnswer, givenCall, type Conversation } from '../../../test/support/turns.js';
import { messagesOf } from './messages.js';

const started = { type: 'speech-started' } as const;
const timer = (name: 'filler' | 'resume' | 'idle') => ({ type: 'timer', timer: name }) as const;

/** "One moment" is being said (2) while the answer to "Any table?" (1) is thought. */
function givenFiller(): Conversation {
  return givenCall().when(ended('Any table?'), timer('filler'));
}

describe('an answer behind a filler', () => {
  it('takes the place of a filler that nobody has heard yet', () => {
    const call = givenFiller().when({ type: 'reply-speaks', reply: 1 });
    expect(call.does).toEqual([{ do: 'cut', utterance: 2 }]);
    expect(call.state.speaking.map(({ number }) => number)).toEqual([1]);
  });

  it('waits for a filler that is heard', () => {
    const call = givenFiller().when({ type: 'play-started', utterance: 2 });
    expect(call.when({ type: 'reply-speaks', reply: 1 }).does).toEqual([]);
    expect(call.state.speaking.map(({ number }) => number)).toEqual([2, 1]);
  });

  it('goes on when it is the one that was paused, though the filler seemed to be', () => {
    const call = givenFiller().when(
      { type: 'play-started', utterance: 2 },
      { type: 'reply-speaks', reply: 1 },
      started,
      { type: 'paused', utterance: 1, heardText: '' },
      { type: 'play-ended', utterance: 2, text: 'One moment.' },
    );
    expect(call.when(timer('resume')).doing).toEqual(['resume']);
  });

  it('is cut off with it, and the filler is no history', () => {
    const call = givenFiller().when(
      { type: 'play-started', utterance: 2 },
      { type: 'reply-speaks', reply: 1 },
      started,
      { type: 'paused', utterance: 2, heardText: 'One' },
      ended('No, forget it'),
    );
    expect(call.doing).toEqual(['cut', 'cut', 'abandon', 'note-user-turn', 'think']);
    expect(messagesOf(call.state, 'x').map(({ role }) => role)).toEqual(['system', 'user', 'user']);
  });
});

describe('a voice that breaks', () => {
  const broken = (reply: number) => ({ type: 'reply-failed', reply, stage: 'tts' }) as const;

  it('takes no more than a filler with it', () => {
    const call = givenFiller().when({ type: 'play-started', utterance: 2 }, broken(2));
    expect(call.does).toEqual([]);
    expect(call.state.reply?.number).toBe(1);
  });

  it('is no trouble while the answer is only prepared', () => {
    const call = givenCall().when({ type: 'eager-end', text: 'Any table' }, broken(1));
    expect(call.doing).toEqual(['abandon']);
    expect(call.when(ended('Any table?')).doing).toEqual(['note-user-turn', 'think']);
  });

  it('ends the call when it was the answer', () => {
    expect(givenAnswer().when(broken(1)).does).toEqual([
      { do: 'end', reason: 'error_tts', side: 'platform' },
    ]);
  });
});
