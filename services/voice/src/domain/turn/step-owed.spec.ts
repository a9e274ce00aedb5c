import { describe, expect, it } from '@jest/globals';
import { ended, givenAnswer, givenCall, type Conversation } from '../../../test/support/turns.js';

const started = { type: 'speech-started' } as const;
const said = (text: string) => ({ type: 'partial', text }) as const;
const filler = { type: 'timer', timer: 'filler' } as const;
const brought = () =>
  ({
    type: 'tool-returned',
    result: { toolCall: 't1', tool: 'find', text: 'found', action: null },
  }) as const;

/** The answer to "Any table?" (1) asked for a tool and said nothing. */
function givenTool(): Conversation {
  const calls = [{ id: 't1', name: 'find', argumentsText: '{}' }];
  return givenCall().when(
    ended('Any table?'),
    { type: 'reply-asked-tools', reply: 1, text: '', calls },
    { type: 'reply-ended', reply: 1 },
  );
}

describe('an answer that is owed', () => {
  it('comes after a sound that kept a tool result waiting and was nothing', () => {
    const call = givenTool().when(started, brought());
    expect(call.does).toEqual([]);
    expect(call.when(ended('')).doing).toEqual(['think']);
  });

  it('comes after words that stopped it and were none after all', () => {
    const call = givenCall().when(ended('Any table?'), started, said('for'));
    expect(call.doing).toEqual(['abandon']);
    expect(call.when(ended('')).doing).toEqual(['think']);
  });

  it('comes once: a turn of the caller settles it', () => {
    const call = givenTool().when(started, brought(), ended('And for two?'));
    expect(call.doing).toEqual(['note-user-turn', 'think']);
    call.when({ type: 'reply-speaks', reply: 2 }, { type: 'reply-ended', reply: 2 });
    call.when({ type: 'play-ended', utterance: 2, text: 'Yes.' });
    expect(call.does).toEqual([]);
  });

  it('comes when the agent has finished, if a long tool came back while it spoke', () => {
    const call = givenAnswer().when({ type: 'tool-followed-up', tool: 'find', text: 'found' });
    expect(call.does).toEqual([]);
    call.when({ type: 'play-ended', utterance: 1, text: 'We are open.' });
    expect(call.doing).toEqual(['think']);
  });

  it('is asked for again when the model had nothing to say', () => {
    const call = givenCall().when(ended('Any table?'), { type: 'reply-ended', reply: 1 });
    expect(call.said).toEqual([call.rules.phrases.askToRepeat]);
  });

  it('may be nothing after a tool and a word that was said already', () => {
    const call = givenTool().when(brought(), { type: 'reply-ended', reply: 2 });
    expect(call.does).toEqual([]);
  });

  it('is promised by a filler only while somebody works on it', () => {
    expect(givenTool().when(filler).doing).toEqual(['say']);
    const idle = givenTool().when(brought(), { type: 'reply-ended', reply: 2 });
    expect(idle.when(filler).does).toEqual([]);
  });

  it('is not sought in tools for ever', () => {
    const call = givenTool();
    const calls = [{ id: 't1', name: 'find', argumentsText: '{}' }];
    for (let reply = 2; reply <= 11; reply += 1) {
      call.when(brought(), { type: 'reply-asked-tools', reply, text: '', calls });
      call.when({ type: 'reply-ended', reply });
    }
    call.when(brought());
    expect(call.said).toEqual([call.rules.phrases.askToRepeat]);
  });
});
