import { describe, expect, it } from '@jest/globals';
import { ended, givenCall } from '../../../test/support/turns.js';

describe('consent', () => {
  const consent = {
    required: true,
    prompt: 'May we record this call?',
    onRefusal: 'continue-unrecorded',
  } as const;

  it('O20 is asked before the first turn, and nothing is recorded before the yes', () => {
    const call = givenCall({ consent, firstMessage: 'Hello!' });
    expect(call.said).toEqual(['May we record this call?']);
    expect(call.doing).toEqual(['say']);
    call.when({ type: 'play-started', utterance: 1 });
    call.when({ type: 'play-ended', utterance: 1, text: 'May we record this call?' });
    call.when(ended('Yes, sure'));
    expect(call.doing).toEqual(['note-user-turn', 'note-consent', 'record', 'say']);
    expect(call.said).toEqual(['Hello!']);
  });

  it('refused, the call goes on unrecorded, or ends', () => {
    const goesOn = givenCall({ consent, firstMessage: 'Hello!' }).when(ended('No thanks'));
    expect(goesOn.doing).toEqual(['note-user-turn', 'note-consent', 'say']);
    const ends = givenCall({ consent: { ...consent, onRefusal: 'end' } }).when(ended('No'));
    expect(ends.state.ending).toMatchObject({ reason: 'consent_refused' });
  });

  it('is asked for again when the answer is unclear, and then taken for a no', () => {
    const call = givenCall({ consent }).when(ended('What is this about?'));
    expect(call.said).toEqual([consent.prompt]);
    call.when(ended('Who are you?'));
    expect(call.does).toContainEqual({ do: 'note-consent', given: false, how: 'said' });
  });

  it('can be given by a key', () => {
    const call = givenCall({ consent }).when({ type: 'digit', digit: '1' });
    expect(call.does).toContainEqual({ do: 'note-consent', given: true, how: 'keyed' });
  });
});

describe('a machine', () => {
  const voicemail = {
    detect: true,
    action: 'leave-message',
    message: 'Please call us back.',
    screening: 'This is the clinic about your appointment.',
  } as const;
  const outbound = { direction: 'outbound', voicemail } as const;

  it('gets its message after the beep, then the call ends', () => {
    const call = givenCall(outbound).when({ type: 'machine', verdict: 'voicemail', by: 'carrier' });
    expect(call.doing).toEqual(['note-machine']);
    call.when({ type: 'machine', verdict: 'greeting-over', by: 'carrier' });
    expect(call.said).toEqual(['Please call us back.']);
    const utterance = call.state.ending?.after ?? 0;
    call.when({ type: 'play-ended', utterance, text: 'Please call us back.' });
    expect(call.does).toEqual([{ do: 'end', reason: 'voicemail_reached', side: 'platform' }]);
  });

  it('is known by its greeting, whose end is a silence', () => {
    const call = givenCall(outbound).when(ended('Please leave a message after the tone.'));
    expect(call.timers()).toMatchObject({ 'after-beep': 1500 });
    call.when({ type: 'timer', timer: 'after-beep' });
    expect(call.said).toEqual(['Please call us back.']);
  });

  it('that screens calls is told who is calling', () => {
    const call = givenCall(outbound).when(
      ended('Please state your name and the reason for your call.'),
    );
    expect(call.said).toEqual([voicemail.screening]);
    expect(call.does).toContainEqual({
      do: 'note-machine',
      verdict: 'screening',
      by: 'speech',
    });
  });

  it('is hung up on where the agent wants no message', () => {
    const call = givenCall({ ...outbound, voicemail: { ...voicemail, action: 'hang-up' } });
    call.when({ type: 'machine', verdict: 'voicemail', by: 'carrier' });
    expect(call.doing).toEqual(['note-machine', 'end']);
  });

  it('is never suspected in a caller', () => {
    const call = givenCall({ voicemail }).when(ended('I want to leave a message'));
    expect(call.doing).toEqual(['note-user-turn', 'think']);
  });
});

describe('keys', () => {
  it('pressed one after the other are one turn', () => {
    const call = givenCall().when({ type: 'digit', digit: '4' }, { type: 'digit', digit: '2' });
    expect(call.timers()).toMatchObject({ digits: 2000 });
    call.when({ type: 'timer', timer: 'digits' });
    expect(call.does[0]).toMatchObject({ do: 'note-user-turn', digits: '42' });
  });

  it('end with a hash', () => {
    const call = givenCall().when({ type: 'digit', digit: '7' }, { type: 'digit', digit: '#' });
    expect(call.does[0]).toMatchObject({ digits: '7#' });
  });
});

describe('languages', () => {
  it('switch when the caller switches to one the agent has, and only then', () => {
    const call = givenCall({ languages: ['en', 'es'] }).when(ended('Hola, buenos días', 'es'));
    expect(call.does).toContainEqual({ do: 'switch-language', language: 'es' });
    expect(call.when(ended('Una mesa', 'es')).doing).not.toContain('switch-language');
    expect(call.when(ended('Bonjour', 'fr')).doing).not.toContain('switch-language');
  });
});
