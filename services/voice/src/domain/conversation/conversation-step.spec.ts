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
const sounds = { type: 'play-started', utterance: 1 } as const;
const heard = (text: string, utterance = 1) => ({ type: 'play-ended', utterance, text }) as const;

const tools = { id: 't1', name: 'transfer', argumentsText: '{}' };
const action = { kind: 'transfer', name: 'Sales', summary: 'Ann asks' } as const;
const wished = {
  type: 'tool-returned',
  result: { toolCall: 't1', tool: 'transfer', text: 'ok', action },
} as const;

describe('conversationStep', () => {
  it('given a first message, then our own voice says it, and the model is told what was said', () => {
    const told = new Told({ ...plainRules, firstMessage: 'Hello' }).when(joined);
    expect(told.does('say')).toMatchObject([{ kind: 'first', text: 'Hello' }]);
    told.when({ type: 'session-back' });
    expect(told.effects).toEqual([{ do: 'use-session' }]);
    told.when(sounds, heard('Hello'));
    expect(told.does('remember')).toEqual([{ do: 'remember', text: 'Hello' }]);
    expect(told.state.turn.history).toMatchObject([{ who: 'agent', text: 'Hello' }]);
  });

  it('given a first message, when the caller speaks over it, then it is cut like any other', () => {
    const told = new Told({ ...plainRules, firstMessage: 'Hello there' }).when(joined, sounds);
    told.when({ type: 'caller-started' });
    expect(told.does('cut')).toEqual([{ do: 'cut', utterance: 1 }]);
    told.when({ type: 'was-cut', utterance: 1, heardText: 'Hello' });
    expect(told.does('remember')).toEqual([{ do: 'remember', text: 'Hello' }]);
  });

  it('given a reply, when the caller begins to speak, then it is interrupted at once', () => {
    const told = new Told().when(joined, started, sounds, { type: 'caller-started' });
    expect(told.does('interrupt')).toEqual([{ do: 'interrupt', replyId: 'r1' }]);
    told.when({ type: 'was-cut', utterance: 1, heardText: 'We have' });
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
    told.when(sounds, { type: 'caller-started' });
    expect(told.effects).toEqual([]);
    told.when(heard('Goodbye.'));
    expect(told.does('end')).toMatchObject([{ reason: 'manual_stopped' }]);
  });

  it('given words of the caller, then the model is not told what it heard itself', () => {
    const told = new Told().when(joined, { type: 'caller-said', text: 'Hello?' });
    expect(told.does('tell')).toEqual([]);
    expect(told.does('set-timer')).toContainEqual(expect.objectContaining({ timer: 'idle' }));
  });

  it('given silence, when its time is up, then the agent speaks', () => {
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
    told.when(heard('Goodbye.'));
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

  it('given a transfer, when the session is lost early, then whoever goes on waits for it', () => {
    const told = new Told().when(joined, { type: 'model-asked-tool', ...tools });
    told.when(wished);
    expect(told.does('transfer')).toHaveLength(1);
    told.when({ type: 'session-lost' });
    expect(told.effects).toEqual([{ do: 'hand-over' }]);
    expect(told.state.turn.transferring).toMatchObject({ name: 'Sales', isBegun: true });
  });

  it('given a transfer, when nobody can go on, then nobody is left ringing', () => {
    const told = new Told().when(joined, { type: 'model-asked-tool', ...tools }, wished);
    told.when({ type: 'session-lost' }, { type: 'nobody-else' });
    const [apology] = told.does('say');
    expect(apology).toMatchObject({ text: plainRules.phrases.trouble });
    told.when(sounds, heard(plainRules.phrases.trouble));
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

  it('given a model that hangs up without a word, then a goodbye is said first', () => {
    const tools = { id: 't1', name: 'hang_up', argumentsText: '{}' };
    const told = new Told().when(joined, started, { type: 'model-asked-tool', ...tools });
    const action = { kind: 'hang-up' } as const;
    told.when({
      type: 'tool-returned',
      result: { toolCall: 't1', tool: 'hang_up', text: '', action },
    });
    told.when(heard(''));
    expect(told.does('say')).toMatchObject([{ kind: 'goodbye' }]);
    told.when(heard('Goodbye.', told.state.turn.lastNumber));
    expect(told.does('end')).toMatchObject([{ reason: 'agent_hangup' }]);
  });

  it('given a mailbox that is greeting, then the model is not heard', () => {
    const voicemail = {
      detect: true,
      action: 'leave-message',
      message: 'Please call back.',
      screening: null,
    } as const;
    const told = new Told({ ...plainRules, direction: 'outbound', voicemail }).when(joined);
    told.when({ type: 'machine', verdict: 'voicemail', by: 'carrier' }, started);
    expect(told.effects).toEqual([{ do: 'interrupt', replyId: 'r1' }]);
    told.when({ type: 'machine', verdict: 'greeting-over', by: 'carrier' });
    expect(told.does('say')).toMatchObject([{ kind: 'message', text: 'Please call back.' }]);
  });

  describe('given no voice of our own', () => {
    const failed = { type: 'phrase-failed', utterance: 1 } as const;
    const asked = (): Told => {
      const told = new Told({ ...plainRules, firstMessage: 'Hello there' });
      return told.when(joined, { type: 'session-back' }, failed);
    };

    it('then the model is asked to say the phrase, and again by a new session', () => {
      const told = asked();
      expect(told.effects).toEqual([{ do: 'ask-to-say', text: 'Hello there' }]);
      told.when({ type: 'session-back' });
      expect(told.does('ask-to-say')).toHaveLength(1);
      told.when(started, { type: 'session-back' });
      expect(told.does('ask-to-say')).toEqual([]);
    });

    it('when it says the same words, then nothing is noted', () => {
      const told = asked().when(started, heard('Hello, there!'));
      expect(told.does('note-deviation')).toEqual([]);
      expect(told.does('remember')).toEqual([]);
    });

    it('when it says other words, then that is noted', () => {
      const told = asked().when(started, heard('Hi, how are you?'));
      expect(told.does('note-deviation')).toEqual([{ do: 'note-deviation', kind: 'first' }]);
    });

    it('O20 then nobody is asked for consent in other words: the call ends', () => {
      const consent = { required: true, prompt: 'May we record?', onRefusal: 'end' } as const;
      const told = new Told({ ...plainRules, consent }).when(joined, failed);
      expect(told.does('end')).toMatchObject([{ reason: 'error_tts' }]);
    });
  });

  describe('given a model that cannot be reached', () => {
    const turn = (told: Told, number: number): Told => {
      told.when({ type: 'caller-said', text: `Question ${number}` });
      told.when({ type: 'model-started', replyId: `r${number}` });
      return told.when(heard('An answer', told.state.turn.lastNumber));
    };

    it.each([0, 1, 2])('O18 when %s turns are completed, then somebody else goes on', (turns) => {
      const told = new Told().when(joined);
      for (let number = 1; number <= turns; number += 1) turn(told, number);
      told.when({ type: 'caller-said', text: 'Hello?' }, { type: 'session-lost' });
      expect(told.effects).toEqual([{ do: 'hand-over' }]);
      expect(told.state.isHandedOver).toBe(true);
      expect(told.state.turn).toMatchObject({ owesAnswer: true, over: false });
      expect(told.state.turn.history).toHaveLength(2 * turns + 1);
    });

    it('O18 when three turns are completed, then an apology is the last word', () => {
      const told = new Told().when(joined);
      for (let number = 1; number <= 3; number += 1) turn(told, number);
      told.when({ type: 'session-lost' });
      const { trouble } = plainRules.phrases;
      expect(told.does('hand-over')).toEqual([]);
      expect(told.does('note-lost')).toHaveLength(1);
      expect(told.does('say')).toMatchObject([{ kind: 'trouble', text: trouble }]);
      told.when(heard(trouble, told.state.turn.lastNumber));
      expect(told.does('end')).toMatchObject([{ reason: 'error_llm', side: 'platform' }]);
    });

    it('when there is nobody else, then an apology is the last word', () => {
      const told = new Told().when(joined, { type: 'session-lost' }, { type: 'nobody-else' });
      expect(told.does('say')).toMatchObject([{ kind: 'trouble' }]);
      expect(told.state.isHandedOver).toBe(false);
    });

    it('when it is saying goodbye already, then it says it to its end', () => {
      const told = new Told().when(joined, { type: 'end-politely', reason: 'manual_stopped' });
      told.when({ type: 'session-lost' });
      expect(told.effects).toEqual([{ do: 'note-lost' }]);
      told.when(heard('Goodbye.'));
      expect(told.does('end')).toMatchObject([{ reason: 'manual_stopped' }]);
    });
  });
});
