import { describe, expect, it } from '@jest/globals';
import { plainRules } from '../../../test/support/turns.js';
import type { TurnRules } from '../turn/turn-rules.js';
import {
  firstConversation,
  type ConversationEffect,
  type ConversationInput,
  type ConversationState,
} from './conversation-state.js';
import { conversationStep } from './conversation-step.js';

/** A conversation told as what happened; asks for the effects of the last thing only. */
class Told {
  state: ConversationState = firstConversation;
  effects: readonly ConversationEffect[] = [];

  constructor(private readonly rules: TurnRules = { ...plainRules, announcesTransfers: false }) {}

  when(...inputs: readonly ConversationInput[]): this {
    for (const input of inputs) {
      [this.state, this.effects] = conversationStep(this.state, { atMs: 0, input }, this.rules);
    }
    return this;
  }

  does(kind: ConversationEffect['do']): readonly ConversationEffect[] {
    return this.effects.filter((effect) => effect.do === kind);
  }
}

const joined = { type: 'joined' } as const;
const started = { type: 'model-started', replyId: 'r1' } as const;
const sounds = { type: 'model-sounds', replyId: 'r1' } as const;
const heard = (text: string) => ({ type: 'model-heard', replyId: 'r1', text }) as const;

const tools = { id: 't1', name: 'transfer', argumentsText: '{}' };
const action = { kind: 'transfer', name: 'Sales', summary: 'Ann asks' } as const;
const wished = {
  type: 'tool-returned',
  result: { toolCall: 't1', tool: 'transfer', text: 'ok', action },
} as const;

describe('conversationStep', () => {
  it('given a first message, when the session opens, then it is asked for until it begins', () => {
    const told = new Told({ ...plainRules, firstMessage: 'Hello' });
    told.when(joined, { type: 'session-back' });
    expect(told.does('say')).toMatchObject([{ kind: 'first', text: 'Hello' }]);
    told.when(started, { type: 'session-back' });
    expect(told.does('say')).toEqual([]);
  });

  it('given a reply, when the caller begins to speak, then it is interrupted at once', () => {
    const told = new Told().when(joined, started, sounds, { type: 'caller-started' });
    expect(told.does('interrupt')).toEqual([{ do: 'interrupt', replyId: 'r1' }]);
    told.when({ type: 'model-cut', replyId: 'r1', heardText: 'We have' });
    expect(told.state.turn.history).toMatchObject([{ who: 'agent', text: 'We have' }]);
    told.when({ type: 'caller-said', text: 'Wait.' });
    expect(told.does('note-user-turn')).toMatchObject([{ text: 'Wait.', interrupted: true }]);
  });

  it('given a last word, when the caller speaks, then it is said to its end', () => {
    const told = new Told().when(joined, { type: 'end-politely', reason: 'manual_stopped' });
    told.when(started, sounds, { type: 'caller-started' });
    expect(told.effects).toEqual([]);
    told.when(heard('Goodbye.'));
    expect(told.does('end')).toMatchObject([{ reason: 'manual_stopped' }]);
  });

  it('given words of the caller, then the model is not told what it heard itself', () => {
    const told = new Told().when(joined, { type: 'caller-said', text: 'Hello?' });
    expect(told.does('tell')).toEqual([]);
    expect(told.does('set-timer')).toContainEqual(expect.objectContaining({ timer: 'idle' }));
  });

  it('given silence, when its time is up, then the model is asked to speak', () => {
    const told = new Told({
      ...plainRules,
      idle: { ...plainRules.idle, prompts: ['Still there?'] },
    });
    told.when(joined, { type: 'timer', timer: 'idle' });
    expect(told.does('say')).toMatchObject([{ kind: 'idle', text: 'Still there?' }]);
  });

  it('given the longest duration, then it says goodbye and ends after it was heard', () => {
    const told = new Told().when(joined, { type: 'timer', timer: 'longest' });
    expect(told.does('say')).toMatchObject([{ kind: 'goodbye' }]);
    told.when(started, heard('Goodbye.'));
    expect(told.does('end')).toMatchObject([{ reason: 'max_duration_reached' }]);
  });

  it('given a reply without a word, then it counts as no turn', () => {
    const told = new Told().when(joined, started, heard(''));
    expect(told.state.turn).toMatchObject({ completedTurns: 0, speaking: [], history: [] });
    expect(told.state.replies).toEqual([]);
  });

  it('given a transfer, then it waits for the last word', () => {
    const told = new Told().when(joined, started, { type: 'model-asked-tool', ...tools });
    told.when(wished);
    expect(told.does('transfer')).toEqual([]);
    told.when(heard('One moment.'));
    expect(told.does('transfer')).toEqual([{ do: 'transfer', name: 'Sales', summary: 'Ann asks' }]);
  });

  it('given a transfer, when the session is lost, then nobody is left ringing', () => {
    const told = new Told().when(joined, { type: 'model-asked-tool', ...tools });
    told.when(wished);
    expect(told.does('transfer')).toHaveLength(1);
    told.when({ type: 'session-lost' });
    expect(told.effects).toContainEqual({ do: 'withdraw-transfer' });
    expect(told.does('end')).toEqual([]);
    told.when({ type: 'caller-said', text: 'Hello?' });
    expect(told.effects).toEqual([]);
    told.when({ type: 'transfer-done', outcome: 'refused', reason: 'withdrawn' });
    expect(told.does('end')).toMatchObject([{ reason: 'error_llm' }]);
  });

  it('given a transfer that came to nothing, then the model is told why', () => {
    const told = new Told().when(joined, { type: 'model-asked-tool', ...tools });
    told.when(wished, { type: 'transfer-done', outcome: 'refused', reason: 'no-answer' });
    expect(told.does('tell')).toMatchObject([{ text: expect.stringContaining('did not answer') }]);
  });

  it('given a lost session, when nobody can be reached, then the call ends', () => {
    const told = new Told().when(joined, { type: 'session-lost' });
    expect(told.does('end')).toMatchObject([{ reason: 'error_llm', side: 'platform' }]);
  });
});
