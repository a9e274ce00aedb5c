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

  constructor(private readonly rules: TurnRules = plainRules) {}

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

  it('given a caller whose end of speech got lost, then the clock of silence runs again', () => {
    const told = new Told().when(joined, { type: 'caller-started' });
    const timer = expect.objectContaining({ timer: 'listening', afterMs: 60_000 });
    expect(told.does('set-timer')).toContainEqual(timer);
    told.when({ type: 'timer', timer: 'listening' });
    expect(told.state.turn.callerSpeaking).toBe(false);
    expect(told.does('set-timer')).toContainEqual(expect.objectContaining({ timer: 'idle' }));
  });

  it('given a very long call, then no more of it is kept than a model is told', () => {
    const told = new Told().when(joined);
    for (let turn = 0; turn < 200; turn += 1) {
      told.when({ type: 'caller-said', text: `${turn} `.padEnd(500, 'a') });
      told.when(started, sounds, heard('b'.repeat(500)));
    }
    expect(told.state.turn.history.length).toBeLessThanOrEqual(120);
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
    const tools = { id: 't1', name: 'transfer', argumentsText: '{}' };
    const told = new Told().when(joined, started, { type: 'model-asked-tool', ...tools });
    const action = { kind: 'transfer', name: 'Sales' } as const;
    const result = { toolCall: 't1', tool: 'transfer', text: 'ok', action };
    told.when({ type: 'tool-returned', result });
    expect(told.does('transfer')).toEqual([]);
    told.when(heard('One moment.'));
    expect(told.does('transfer')).toEqual([{ do: 'transfer', name: 'Sales' }]);
  });

  it('given a lost session, when nobody can be reached, then the call ends', () => {
    const told = new Told().when(joined, { type: 'session-lost' });
    expect(told.does('end')).toMatchObject([{ reason: 'error_llm', side: 'platform' }]);
  });
});
