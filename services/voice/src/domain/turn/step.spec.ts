import { describe, expect, it } from '@jest/globals';
import { agentDefaults } from '@trunkline/contracts';
import { ended, givenAnswer, givenCall } from '../../../test/support/turns.js';
import { messagesOf } from './messages.js';

const said = (text: string) => ({ type: 'partial', text }) as const;
const started = { type: 'speech-started' } as const;
const timer = (name: 'idle' | 'resume' | 'filler' | 'longest' | 'give-up-idle' | 'endpoint') =>
  ({ type: 'timer', timer: name }) as const;

describe('the beginning', () => {
  it('says the first message and records', () => {
    const call = givenCall({ firstMessage: 'Hello!' });
    expect(call.doing).toEqual(['record', 'say']);
    expect(call.said).toEqual(['Hello!']);
    expect(call.timers()).toEqual({ longest: 600_000 });
  });

  it('without a first message waits for the caller, but not for ever', () => {
    expect(givenCall().timers()).toMatchObject({ idle: 15_000, 'give-up-idle': 45_000 });
  });
});

describe('whose turn it is', () => {
  it('asks the model when the caller has ended their turn', () => {
    const call = givenCall().when(started, said('Book a'), ended('Book a table'));
    expect(call.does).toEqual([
      {
        do: 'note-user-turn',
        text: 'Book a table',
        language: null,
        interrupted: false,
        digits: null,
      },
      { do: 'think', reply: 1, eager: false, keepVendor: false },
    ]);
    expect(call.timers()).toMatchObject({ idle: null, filler: 1500 });
  });

  it('a turn without words is none', () => {
    expect(givenCall().when(ended('  ')).does).toEqual([]);
  });

  it('a caller who goes on before the answer is heard is answered once, to all of it', () => {
    const call = givenCall().when(ended('Book a table'), started, said('for two people'));
    expect(call.doing).toEqual(['abandon']);
    call.when(ended('for two people'));
    expect(call.does.at(-1)).toMatchObject({ do: 'think', reply: 2 });
    expect(messagesOf(call.state, 'You book.').map(({ role }) => role)).toEqual([
      'system',
      'user',
      'user',
    ]);
  });

  it('where the model ends no turns, silence does: shorter after a finished sentence', () => {
    const call = givenCall({ endpointing: { ...agentDefaults.endpointing, mode: 'silence' } });
    call.when({ type: 'segment', text: 'A table', speechFinal: false });
    expect(call.timers()).toMatchObject({ endpoint: 2500 });
    call.when({ type: 'segment', text: 'for two.', speechFinal: true });
    expect(call.timers()).toMatchObject({ endpoint: 300 });
    expect(call.when(said('please')).timers()).toMatchObject({ endpoint: null });
    call.when({ type: 'segment', text: 'please', speechFinal: true }, timer('endpoint'));
    expect(call.does[0]).toMatchObject({ do: 'note-user-turn', text: 'A table for two. please' });
  });
});

describe('an eager answer', () => {
  const eager = (text: string) => ({ type: 'eager-end', text }) as const;

  it('is prepared unheard and adopted when the final words are the same', () => {
    const call = givenCall().when(eager('Book a table'));
    expect(call.does).toEqual([{ do: 'think', reply: 1, eager: true, keepVendor: false }]);
    call.when(ended('book a table.'));
    expect(call.does.at(-1)).toEqual({ do: 'adopt', reply: 1 });
  });

  it('is thrown away when the final words differ', () => {
    const call = givenCall().when(eager('Book a table'), ended('Book a table for two'));
    expect(call.does.slice(1)).toEqual([
      { do: 'abandon', reply: 1 },
      { do: 'think', reply: 2, eager: false, keepVendor: false },
    ]);
  });

  it('is thrown away when the caller goes on', () => {
    const call = givenCall().when(eager('Book a table'), { type: 'turn-resumed' });
    expect(call.does).toEqual([{ do: 'abandon', reply: 1 }]);
  });

  it('is not prepared twice for the same words', () => {
    expect(givenCall().when(eager('Book it'), eager('book it')).does).toEqual([]);
  });

  it('knows the words it is about, though they are no history yet', () => {
    const call = givenCall().when(eager('Book a table'));
    expect(call.state.history).toEqual([]);
    expect(messagesOf(call.state, 'You book.').at(-1)).toEqual({
      role: 'user',
      text: 'Book a table',
    });
  });

  it('runs its tools only once it is adopted', () => {
    const calls = [{ id: 't1', name: 'find', argumentsText: '{}' }];
    const call = givenCall().when(eager('Any table?'), {
      type: 'reply-asked-tools',
      reply: 1,
      text: '',
      calls,
    });
    expect(call.does).toEqual([]);
    call.when({ type: 'reply-ended', reply: 1 }, ended('Any table?'));
    expect(call.doing).toEqual(['note-user-turn', 'adopt', 'run-tools']);
  });
});

describe('an interruption', () => {
  it('silences the agent at the first sound and decides later', () => {
    const call = givenAnswer().when(started);
    expect(call.doing).toEqual(['pause']);
    expect(call.timers()).toMatchObject({ resume: 2000 });
  });

  it('that was nothing lets the agent go on where it was', () => {
    const call = givenAnswer().when(started).after(2000).when(timer('resume'));
    expect(call.doing).toEqual(['resume']);
    expect(call.state.speaking).toHaveLength(1);
  });

  it('by a backchannel lets the agent go on', () => {
    const call = givenAnswer().when(started, said('mhm'), ended('Mhm, okay.'));
    expect(call.doing).toEqual(['resume']);
  });

  it('with words, long enough, cuts the agent off; only what was heard is history', () => {
    const call = givenAnswer().when(started, {
      type: 'paused',
      utterance: 1,
      heardText: 'We have',
    });
    expect(call.when(said('No wait')).does).toEqual([]);
    call.after(600).when(said('No wait I'));
    expect(call.does).toEqual([{ do: 'cut', utterance: 1 }]);
    call.when(ended('No wait I meant Tuesday'));
    expect(call.does[0]).toMatchObject({ do: 'note-user-turn', interrupted: true });
    expect(messagesOf(call.state, 'x').slice(1)).toEqual([
      { role: 'user', text: 'Hello there' },
      { role: 'assistant', text: 'We have' },
      { role: 'user', text: 'No wait I meant Tuesday' },
    ]);
  });

  it('of fewer words than the agent insists on is none until the turn is over', () => {
    const interruption = { ...givenCall().rules.interruption, minWords: 3 };
    const call = givenAnswer({ interruption }).when(started).after(900).when(said('Stop it'));
    expect(call.does).toEqual([]);
    expect(call.when(ended('Stop it')).doing).toEqual(['resume']);
  });

  it('is impossible where the agent allows none: the words wait for its end', () => {
    const interruption = { ...givenCall().rules.interruption, allowed: false };
    const call = givenAnswer({ interruption }).when(started, ended('Stop'));
    expect(call.does).toEqual([]);
    call.when({ type: 'play-ended', utterance: 1, text: 'We are open.' });
    expect(call.doing).toEqual(['note-user-turn', 'think']);
  });

  it('before anything was heard leaves no trace of the answer', () => {
    const call = givenCall().when(ended('Hello'), started, said('I need help'));
    expect(call.state.history).toEqual([{ who: 'caller', text: 'Hello' }]);
  });

  it('never takes a tool back, and its result still reaches the model', () => {
    const calls = [{ id: 't1', name: 'book', argumentsText: '{}' }];
    const call = givenCall().when(ended('Book it'));
    call.when({ type: 'reply-asked-tools', reply: 1, text: '', calls });
    call.when(started, said('actually wait a moment'));
    call.when({
      type: 'tool-returned',
      result: { toolCall: 't1', tool: 'book', text: 'booked', action: null },
    });
    expect(call.does).toEqual([]);
    call.when(ended('actually wait a moment'));
    expect(call.doing).toContain('think');
    expect(messagesOf(call.state, 'x')).toContainEqual({
      role: 'tool',
      callId: 't1',
      text: 'booked',
    });
  });
});

describe('silence', () => {
  it('is broken by prompts and ended by a goodbye', () => {
    const idle = { promptAfterMs: 5000, prompts: ['Hello?', 'Anyone?'], hangUpAfterMs: 20_000 };
    const call = givenCall({ idle }).when(timer('idle'));
    expect(call.said).toEqual(['Hello?']);
    call.when({ type: 'play-started', utterance: 1 });
    call.when({ type: 'play-ended', utterance: 1, text: 'Hello?' });
    expect(call.timers()).toEqual({ idle: 5000 });
    call.when(timer('give-up-idle'));
    expect(call.said).toEqual(['Thank you for calling. Goodbye.']);
    call.when({ type: 'play-ended', utterance: 2, text: '' });
    expect(call.does).toEqual([{ do: 'end', reason: 'inactivity', side: 'platform' }]);
  });

  it('is none while the model thinks: a filler is heard instead', () => {
    const call = givenCall().when(ended('How much is it?'));
    expect(call.when(timer('idle')).does).toEqual([]);
    expect(call.when(timer('filler')).said).toEqual(['Let me check that.']);
  });

  it('E23 the filler comes by 1.5 s and never over the answer', () => {
    const call = givenCall().when(ended('How much is it?'));
    expect(call.timers()).toMatchObject({ filler: 1500 });
    call.when({ type: 'reply-speaks', reply: 1 }, { type: 'play-started', utterance: 1 });
    expect(call.timers()).toEqual({ filler: null });
    expect(call.when(timer('filler')).does).toEqual([]);
  });
});

describe('the end', () => {
  it('comes at the longest duration, with a goodbye, and only once', () => {
    const call = givenAnswer().when(timer('longest'));
    expect(call.doing).toEqual(['cut', 'say']);
    expect(call.when(timer('longest')).does).toEqual([]);
    const last = call.state.ending?.after ?? 0;
    call.when({ type: 'play-ended', utterance: last, text: 'Goodbye.' });
    expect(call.does).toEqual([{ do: 'end', reason: 'max_duration_reached', side: 'platform' }]);
    expect(call.when(ended('Hello?')).does).toEqual([]);
  });

  it('by the agent waits for its own last words', () => {
    const calls = [{ id: 't1', name: 'hang_up', argumentsText: '{}' }];
    const call = givenCall().when(
      ended('Goodbye'),
      { type: 'reply-speaks', reply: 1 },
      { type: 'play-started', utterance: 1 },
    );
    call.when({ type: 'reply-asked-tools', reply: 1, text: 'Bye!', calls });
    call.when({ type: 'reply-ended', reply: 1 });
    const result = {
      toolCall: 't1',
      tool: 'hang_up',
      text: 'ok',
      action: { kind: 'hang-up' },
    } as const;
    expect(call.when({ type: 'tool-returned', result }).does).toEqual([]);
    call.when({ type: 'play-ended', utterance: 1, text: 'Bye!' });
    expect(call.does).toEqual([{ do: 'end', reason: 'agent_hangup', side: 'agent' }]);
  });

  it('of the line ends everything at once', () => {
    const call = givenAnswer().when({ type: 'end-now', reason: 'user_hangup', side: 'caller' });
    expect(call.does).toEqual([{ do: 'end', reason: 'user_hangup', side: 'caller' }]);
  });
});

describe('trouble', () => {
  const failed = (reply: number) => ({ type: 'reply-failed', reply, stage: 'llm' }) as const;

  it('asks to repeat once, then says sorry and ends (E23)', () => {
    const call = givenCall().when(ended('Hello'), failed(1));
    expect(call.said).toEqual(['Sorry, could you say that again?']);
    call.when({ type: 'play-started', utterance: 2 });
    call.when({ type: 'play-ended', utterance: 2, text: 'Sorry, could you say that again?' });
    call.when(ended('Hello'), failed(3));
    expect(call.said).toEqual([call.rules.phrases.trouble]);
    expect(call.state.ending).toMatchObject({ reason: 'error_llm' });
  });

  it('O18 after three completed turns nobody else may take over', () => {
    const call = givenCall();
    for (const turn of [1, 2, 3]) {
      call.when(ended('Go on'));
      expect(call.does.at(-1)).toMatchObject({ do: 'think', keepVendor: false });
      const utterance = call.state.reply?.number ?? 0;
      call.when({ type: 'reply-speaks', reply: utterance });
      call.when({ type: 'play-started', utterance }, { type: 'reply-ended', reply: utterance });
      call.when({ type: 'play-ended', utterance, text: `Part ${turn}` });
    }
    expect(call.when(ended('Go on')).does.at(-1)).toMatchObject({ do: 'think', keepVendor: true });
  });

  it('E23 a caller whom nobody hears at the moment does not sit in silence', () => {
    const call = givenCall().when({ type: 'hearing-lost' });
    expect(call.timers()).toEqual({ filler: 1500 });
    expect(call.when({ type: 'caller-sounds' }).timers()).toEqual({ filler: 1500 });
    expect(call.when(timer('filler')).said).toEqual(['One moment, please.']);
    call.when({ type: 'play-started', utterance: 1 });
    call.when({ type: 'play-ended', utterance: 1, text: 'One moment, please.' });
    expect(call.timers()).toMatchObject({ filler: 1500 });
    expect(call.when({ type: 'hearing-back' }).timers()).toEqual({ filler: null });
    expect(call.when({ type: 'caller-sounds' }).effects).toEqual([]);
  });

  it('E23 asks again for lost words although a filler is being spoken', () => {
    const call = givenCall().when({ type: 'hearing-lost' }, timer('filler'));
    call.when({ type: 'play-started', utterance: 1 }, { type: 'utterance-lost' });
    expect(call.said).toEqual([call.rules.phrases.askToRepeat]);
  });

  it('speaks what came of an answer that broke off, then asks to repeat', () => {
    const call = givenAnswer();
    const reply = call.state.speaking[0]?.number ?? 0;
    call.when(failed(reply));
    expect(call.doing).toEqual(['say']);
    expect(call.said).toEqual([call.rules.phrases.askToRepeat]);
    call.when({ type: 'play-ended', utterance: reply, text: 'We open' });
    expect(call.state).toMatchObject({ completedTurns: 0, troubles: 1 });
    expect(call.state.history.at(-1)).toMatchObject({ who: 'agent', text: 'We open' });
  });

  it('says nothing of a prepared answer that failed: the end of the turn asks afresh', () => {
    const call = givenCall().when({ type: 'eager-end', text: 'Hello' }, failed(1));
    expect([call.said, call.state.troubles]).toEqual([[], 0]);
    expect(call.when(ended('Hello')).does.at(-1)).toMatchObject({ do: 'think', reply: 2 });
  });

  it('understands an ear that ends no turns also where it stands in for one that does', () => {
    const call = givenCall().when({ type: 'segment', text: 'Hello there.', speechFinal: true });
    expect(call.timers()).toMatchObject({ endpoint: call.rules.endpointing.minDelayMs });
    expect(call.when(timer('endpoint')).does.at(-1)).toMatchObject({ do: 'think' });
  });

  it('a deaf call says sorry and ends', () => {
    const call = givenCall().when({ type: 'hearing-gave-up' });
    expect(call.state.ending).toMatchObject({ reason: 'error_stt' });
  });
});
