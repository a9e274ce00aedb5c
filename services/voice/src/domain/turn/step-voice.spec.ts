import { describe, expect, it } from '@jest/globals';
import { agentDefaults } from '@trunkline/contracts';
import { givenAnswer, givenCall } from '../../../test/support/turns.js';

const endpointing = { ...agentDefaults.endpointing, mode: 'vad' } as const;
const started = { type: 'speech-started' } as const;
const stopped = { type: 'speech-stopped', silentMs: 200 } as const;
const said = (text: string) => ({ type: 'partial', text }) as const;
const words = (text: string, speechFinal = true) =>
  ({ type: 'segment', text, speechFinal }) as const;
const timer = (name: 'endpoint' | 'listening' | 'resume') =>
  ({ type: 'timer', timer: name }) as const;

describe('where a voice on the line ends turns', () => {
  it('the final words are asked for as soon as it is silent', () => {
    const call = givenCall({ endpointing }).when(started, said('A table'), stopped);
    expect(call.doing).toEqual(['finalize-hearing']);
    expect(call.timers()).toEqual({ endpoint: endpointing.maxDelayMs });
  });

  it('the turn is over minDelayMs after the last sound, not after the words', () => {
    const call = givenCall({ endpointing }).when(started, said('A table'), stopped);
    expect(call.after(60).when(words('A table.')).timers()).toMatchObject({ endpoint: 40 });
    call.when(timer('endpoint'));
    expect(call.doing).toEqual(['note-user-turn', 'think']);
  });

  it('final words that took longer end it at once', () => {
    const call = givenCall({ endpointing }).when(started, said('A table'), stopped);
    expect(call.after(500).when(words('A table.')).timers()).toMatchObject({ endpoint: 0 });
  });

  it('a caller who goes on is not cut short by words that are final', () => {
    const call = givenCall({ endpointing }).when(started, said('A table'), stopped, started);
    expect(call.timers()).toMatchObject({ endpoint: null });
    expect(call.when(words('A table')).timers()).toMatchObject({ endpoint: 2500 });
    call.when(said('for two'), stopped, words('for two.'), timer('endpoint'));
    expect(call.does[0]).toMatchObject({ do: 'note-user-turn', text: 'A table for two.' });
  });

  it('words that come late put the end off, though the sound is over', () => {
    const call = givenCall({ endpointing }).when(started, stopped);
    expect(call.timers()).toEqual({ endpoint: 500 });
    expect(call.when(said('No')).timers()).toMatchObject({ endpoint: 2500 });
  });

  it('words whose final form never comes are the turn as they are', () => {
    const call = givenCall({ endpointing }).when(started, words('A table', false));
    call.when(said('for two'), stopped, timer('endpoint'));
    expect(call.does[0]).toMatchObject({ do: 'note-user-turn', text: 'A table for two' });
  });

  it('a caller too quiet to be a voice is understood by their words', () => {
    const call = givenCall({ endpointing }).after(5000).when(said('Hello'), words('Hello.'));
    expect(call.timers()).toMatchObject({ endpoint: 0 });
  });

  it('a sound without words ends nothing while another one is on the line', () => {
    const call = givenCall({ endpointing }).when(started, stopped, started, words(''));
    expect(call.effects).toEqual([]);
    expect(call.state.callerSpeaking).toBe(true);
  });
});

describe('a voice over the agent', () => {
  it('silences it at the first sign', () => {
    expect(givenAnswer({ endpointing }).when(started).doing).toEqual(['pause']);
  });

  it('without words lets it go on as soon as that is known', () => {
    expect(givenAnswer({ endpointing }).when(started, stopped, words('')).doing).toEqual([
      'resume',
    ]);
  });

  it('without an answer about its words lets it go on a little later', () => {
    const call = givenAnswer({ endpointing }).when(started, stopped);
    expect(call.timers()).toEqual({ endpoint: 500 });
    expect(call.when(timer('endpoint')).doing).toEqual(['resume']);
  });

  it('with words is answered', () => {
    const call = givenAnswer({ endpointing }).when(started, said('No wait'), stopped);
    call.when(words('No wait.'), timer('endpoint'));
    expect(call.doing).toEqual(['cut', 'note-user-turn', 'think']);
  });
});

describe('a caller whose end of speech got lost', () => {
  it.each(['model', 'vad', 'silence'] as const)('counts as silent after a while: %s', (mode) => {
    const call = givenCall({ endpointing: { ...endpointing, mode } }).when(started);
    expect(call.timers()).toMatchObject({ listening: 8000 });
    call.when(timer('listening'));
    expect(call.state.callerSpeaking).toBe(false);
    expect(call.timers()).toMatchObject({ idle: 15_000 });
  });

  it('is answered to the words that were understood', () => {
    const call = givenCall().when(started, said('Book a table'), timer('listening'));
    expect(call.does[0]).toMatchObject({ do: 'note-user-turn', text: 'Book a table' });
  });

  it('lets a paused agent go on', () => {
    expect(givenAnswer().when(started, timer('listening')).doing).toEqual(['resume']);
  });

  it('is given time by every new word, and none by the same word again', () => {
    const call = givenCall().when(started, said('Book'));
    expect(call.timers()).toMatchObject({ listening: 8000 });
    expect(call.when(said('Book')).timers()).not.toHaveProperty('listening');
  });

  it('is given the time its vendor takes to end a turn', () => {
    const patient = { ...agentDefaults.endpointing, timeoutMs: 20_000 };
    const call = givenCall({ endpointing: patient }).when(started);
    expect(call.timers()).toMatchObject({ listening: 22_000 });
  });

  it('is waited for while nobody understands them', () => {
    const call = givenCall().when(started, { type: 'hearing-lost' }, timer('listening'));
    expect(call.timers()).toEqual({ listening: 8000 });
    expect(call.state.callerSpeaking).toBe(true);
  });

  it('has long been answered in every other case', () => {
    const turn = { type: 'turn-ended', text: 'Hello', language: null } as const;
    expect(givenCall().when(started, turn, timer('listening')).effects).toEqual([]);
  });
});
