import { describe, expect, it } from '@jest/globals';
import { agentDefaults } from '@trunkline/contracts';
import { ended, givenAnswer, givenCall } from '../../../test/support/turns.js';
import { messagesOf } from './messages.js';

const started = { type: 'speech-started' } as const;
const endpointing = { ...agentDefaults.endpointing, mode: 'silence' } as const;

describe('where silence ends turns', () => {
  const nothing = { type: 'segment', text: '', speechFinal: true } as const;

  it('a sound without words ends as well: the clock of silence runs again', () => {
    const call = givenCall({ endpointing }).when(started, nothing);
    expect(call.state.callerSpeaking).toBe(false);
    expect(call.timers()).toMatchObject({ idle: 15_000, 'give-up-idle': 45_000 });
  });

  it('a cough over the agent does not silence it', () => {
    expect(givenAnswer({ endpointing }).when(started, nothing).doing).toEqual(['resume']);
  });

  it('a turn that may not interrupt waits for the last word of the agent', () => {
    const interruption = { ...givenCall().rules.interruption, allowed: false };
    const call = givenAnswer({ endpointing, interruption });
    call.when({ type: 'segment', text: 'Stop', speechFinal: true });
    call.when({ type: 'timer', timer: 'endpoint' });
    call.when({ type: 'play-ended', utterance: 1, text: 'We are open.' });
    expect(call.doing).toEqual(['note-user-turn', 'think']);
  });
});

describe('consent', () => {
  const consent = { required: true, prompt: 'May we?', onRefusal: 'end' } as const;
  const asking = () => givenCall({ consent }).when({ type: 'play-started', utterance: 1 });

  it('O20 is given by an "okay" over the prompt, though it could be a backchannel', () => {
    const call = asking().when(started, { type: 'paused', utterance: 1, heardText: 'May' });
    expect(call.when(ended('Okay.')).does).toContainEqual({
      ...{ do: 'note-consent', given: true, how: 'said' },
    });
  });

  it('O20 is not given by a yes before the question was heard', () => {
    const call = givenCall({ consent }).when(ended('Yes?'));
    expect(call.doing).toEqual(['note-user-turn']);
  });

  it('O20 is not passed over by any other key', () => {
    const call = asking().when({ type: 'digit', digit: '5' }, { type: 'timer', timer: 'digits' });
    expect(call.does).toEqual([]);
    expect(call.state.speaking).toHaveLength(1);
  });
});

describe('a language the caller switches to', () => {
  it('is not that of an answer prepared before', () => {
    const call = givenCall({ languages: ['en', 'es'] }).when({ type: 'eager-end', text: 'Hola' });
    call.when(ended('Hola', 'es'));
    expect(call.doing).toEqual(['note-user-turn', 'switch-language', 'abandon', 'think']);
  });
});

describe('a voicemail', () => {
  const voicemail = {
    ...{ detect: true, message: 'Bye.', screening: null },
    action: 'leave-message',
  } as const;
  const waiting = () =>
    givenCall({ direction: 'outbound', voicemail }).when({
      ...{ type: 'machine', verdict: 'voicemail', by: 'carrier' },
    });

  it('is not asked whether it is still there, nor thought about', () => {
    const call = waiting().when({ type: 'timer', timer: 'idle' });
    expect(call.does).toEqual([]);
    expect(call.when({ type: 'eager-end', text: 'After the tone' }).does).toEqual([]);
  });

  it('is hung up on even when its message never ends', () => {
    const call = waiting().when({ type: 'timer', timer: 'after-beep' });
    expect(call.timers()).toMatchObject({ goodbye: 60_000 });
  });
});

describe('a line that dropped', () => {
  it('is not spoken to; the clock of silence begins anew when it is back', () => {
    const call = givenCall().when({ type: 'line-dropped' }, { type: 'timer', timer: 'idle' });
    expect(call.does).toEqual([]);
    expect(call.when({ type: 'line-rejoined' }).timers()).toMatchObject({ idle: 15_000 });
  });
});

describe('a key pressed over the agent', () => {
  it('silences it at once, and what was heard of the menu is history', () => {
    const call = givenAnswer().when({ type: 'digit', digit: '1' });
    expect(call.doing).toEqual(['pause']);
    call.when({ type: 'paused', utterance: 1, heardText: 'Press one' });
    expect(call.when({ type: 'timer', timer: 'resume' }).does).toEqual([]);
    call.when({ type: 'timer', timer: 'digits' });
    expect(call.doing).toEqual(['cut', 'note-user-turn', 'think']);
    expect(messagesOf(call.state, 'x').slice(2)).toEqual([
      { role: 'assistant', text: 'Press one' },
      { role: 'user', text: '(pressed 1 on the keypad)' },
    ]);
  });
});
