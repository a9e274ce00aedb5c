import { describe, expect, it } from '@jest/globals';
import { ended, givenCall, type Conversation } from '../../../test/support/turns.js';
import type { TurnInput } from './turn-input.js';
import type { TurnRules } from './turn-rules.js';

const summary = 'Ann wants to book a table for twelve';
const wish = { do: 'transfer', name: 'Sales', summary };
const action = { kind: 'transfer', name: 'Sales', summary } as const;
const result = { toolCall: 't1', tool: 'transfer', text: 'ok', action };
const calls = [{ id: 't1', name: 'transfer', argumentsText: '{}' }];
const hungUp = { type: 'end-now', reason: 'user_hangup', side: 'caller' } as const;
const refused = (reason: 'busy' | 'no-answer' | 'declined' | 'withdrawn'): TurnInput => ({
  type: 'transfer-done',
  outcome: 'refused',
  reason,
});
const connected = { type: 'transfer-done', outcome: 'connected', reason: null } as const;
const unknown = { type: 'transfer-done', outcome: 'unknown', reason: null } as const;

/** The model asked for a transfer; it may have said a sentence of its own before. */
function givenWish(rules: Partial<TurnRules> = {}, words?: string): Conversation {
  const call = givenCall(rules).when(ended('A human please'));
  if (words !== undefined) {
    call.when({ type: 'reply-speaks', reply: 1 }, { type: 'play-started', utterance: 1 });
  }
  call.when({ type: 'reply-asked-tools', reply: 1, text: words ?? '', calls });
  return call.when({ type: 'reply-ended', reply: 1 }, { type: 'tool-returned', result });
}

/** The colleague is being called. */
function givenCalling(rules: Partial<TurnRules> = {}): Conversation {
  const call = givenWish(rules);
  return call.when({ type: 'play-ended', utterance: 2, text: call.rules.phrases.transfer });
}

describe('the wish for a transfer', () => {
  it('given the model is speaking, then nobody is called before its last word', () => {
    const call = givenWish({}, 'One moment');
    expect(call.does).toEqual([]);
    call.when({ type: 'play-ended', utterance: 1, text: 'One moment' });
    expect(call.does).toEqual([wish]);
  });

  it('given the model said nothing, then the caller is told first', () => {
    const call = givenWish();
    expect(call.said).toEqual([call.rules.phrases.transfer]);
    call.when({ type: 'play-started', utterance: 2 });
    call.when({ type: 'play-ended', utterance: 2, text: call.rules.phrases.transfer });
    expect(call.does).toEqual([wish]);
  });

  it('given a model that tells by itself, then it is not told twice', () => {
    expect(givenWish({ announcesTransfers: false }).does).toEqual([wish]);
  });
});

describe('while a colleague is called', () => {
  it('given the model wishes it again, then nobody else is called', () => {
    const call = givenCalling().when(ended('Are you there?'));
    const again = [{ id: 't2', name: 'transfer', argumentsText: '{}' }];
    call.when({ type: 'reply-asked-tools', reply: 3, text: '', calls: again });
    call.when({ type: 'tool-returned', result: { ...result, toolCall: 't2' } });
    expect(call.doing).not.toContain('transfer');
  });

  it('given the caller waits, then silence is no reason to speak or to hang up', () => {
    const call = givenCalling().after(60_000);
    expect(call.when({ type: 'timer', timer: 'idle' }).does).toEqual([]);
  });

  it('given the caller speaks, then the agent answers', () => {
    expect(givenCalling().when(ended('Are you there?')).doing).toContain('think');
  });

  it('given the caller hangs up, then it is withdrawn and only then the call ends', () => {
    const call = givenCalling().when(hungUp);
    expect(call.does).toEqual([{ do: 'withdraw-transfer' }]);
    expect(call.when(hungUp, ended('Hello?')).does).toEqual([]);
    call.when(refused('withdrawn'));
    expect(call.does).toEqual([{ do: 'end', reason: 'user_hangup', side: 'caller' }]);
  });

  it('given the line closed because the caller was joined, then it is no hang-up', () => {
    const call = givenCalling().when(hungUp, connected);
    expect(call.does).toEqual([{ do: 'end', reason: 'call_transfer', side: 'agent' }]);
  });

  it('given the line closed and nobody knows why, then the leg is left alone', () => {
    const call = givenCalling().when(hungUp, unknown);
    expect(call.does).toEqual([{ do: 'end', reason: 'call_transfer', side: 'agent' }]);
  });

  it('given the operator ends the call, then nobody is left ringing', () => {
    const call = givenCalling();
    call.when({ type: 'end-now', reason: 'manual_stopped', side: 'platform' });
    expect(call.does).toEqual([{ do: 'withdraw-transfer' }]);
    call.when(unknown);
    expect(call.does).toEqual([{ do: 'end', reason: 'manual_stopped', side: 'platform' }]);
  });

  it('given the call has lasted too long, then the goodbye is heard before it is withdrawn', () => {
    const call = givenCalling().when({ type: 'timer', timer: 'longest' });
    expect(call.said).toEqual([call.rules.phrases.goodbye]);
    const utterance = call.state.lastNumber;
    call.when({ type: 'play-ended', utterance, text: call.rules.phrases.goodbye });
    expect(call.does).toEqual([{ do: 'withdraw-transfer' }]);
  });
});

describe('what came of it', () => {
  it('given both are joined, then the agent leaves in mid-word', () => {
    const call = givenCalling().when(ended('Are you there?'));
    const reply = call.state.reply?.number ?? 0;
    call.when({ type: 'reply-speaks', reply }, { type: 'play-started', utterance: reply });
    call.when(connected);
    expect(call.doing).toEqual(['cut', 'abandon', 'end']);
    expect(call.does.at(-1)).toMatchObject({ reason: 'call_transfer', side: 'agent' });
  });

  it.each([
    ['busy', 'Sales is on another call.'],
    ['no-answer', 'Sales did not answer.'],
    ['declined', 'Sales did not take the call.'],
  ] as const)('given %s, then the model is told and goes on', (reason, words) => {
    const call = givenCalling().when(refused(reason));
    const note = call.state.history.at(-1);
    expect(note).toMatchObject({ who: 'note' });
    expect(note?.text).toContain(words);
    expect(call.doing).toEqual(['think']);
    expect(call.state.transferring).toBeNull();
  });

  it('given the model had said a sentence of its own, then it goes on as well', () => {
    const call = givenWish({}, 'One moment');
    call.when({ type: 'play-ended', utterance: 1, text: 'One moment' });
    expect(call.when(refused('no-answer')).doing).toEqual(['think']);
  });

  it('given nobody knows, then the model is told that, and goes on', () => {
    const call = givenCalling().when(unknown);
    expect(call.state.history.at(-1)?.text).toContain('Nobody knows');
    expect(call.doing).toEqual(['think']);
  });

  it('given the caller is speaking, then the answer is owed', () => {
    const call = givenCalling().when({ type: 'speech-started' }, refused('busy'));
    expect(call.doing).not.toContain('think');
    expect(call.state.owesAnswer).toBe(true);
  });

  it('given it failed, then somebody else may be called', () => {
    const call = givenCalling().when(refused('busy'));
    const reply = call.state.reply?.number ?? 0;
    const more = [{ id: 't2', name: 'transfer', argumentsText: '{}' }];
    call.when({ type: 'reply-speaks', reply });
    call.when({ type: 'reply-asked-tools', reply, text: 'Then support', calls: more });
    call.when({ type: 'reply-ended', reply });
    const other = { ...action, name: 'Support' };
    call.when({ type: 'tool-returned', result: { ...result, toolCall: 't2', action: other } });
    call.when({ type: 'play-ended', utterance: reply, text: 'Then support' });
    expect(call.does).toMatchObject([{ do: 'transfer', name: 'Support' }]);
  });
});
