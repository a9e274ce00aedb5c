import { afterEach, describe, expect, it } from '@jest/globals';
import { CallWorld, type WorldOptions } from '../../../test/support/call-world.js';
import { hearingCostMicros, replyCostMicros, voiceCostMicros } from '../../domain/cost.js';

const say = (text: string) => ({ does: 'say', tokens: text.split(/(?<= )/) }) as const;

let worlds: CallWorld[] = [];
function givenWorld(options: WorldOptions = {}): CallWorld {
  const world = new CallWorld(options);
  worlds.push(world);
  return world;
}

afterEach(async () => {
  await Promise.all(worlds.map((world) => world.end()));
  worlds = [];
});

describe('runCall', () => {
  it('greets, hears, answers, and says goodbye to the log when the caller hangs up', async () => {
    const world = givenWorld({ config: { firstMessage: 'Hello there' } });
    world.model.script(say('We open at nine.'));
    await world.pass(600);
    world.ended('When do you open?');
    await world.pass(1200);
    world.line.hangUp();
    const ended = await world.call.ended;
    expect(ended).toMatchObject({ reason: 'user_hangup', side: 'caller', userTurns: 1 });
    expect(world.facts.map(({ type }) => type)).toEqual([
      'call.turn-agent',
      'call.turn-user',
      'call.turn-agent',
      'call.ended',
    ]);
    const [first, answer] = world.factsOf('call.turn-agent');
    expect(first).toMatchObject({ kind: 'first', heardText: 'Hello there' });
    expect(answer).toMatchObject({ kind: 'reply', text: 'We open at nine.', interrupted: false });
    expect(world.model.orders[0]?.messages).toEqual([
      { role: 'system', text: 'You book tables.' },
      { role: 'assistant', text: 'Hello there' },
      { role: 'user', text: 'When do you open?' },
    ]);
    expect(world.recorded).toEqual(['begin']);
    expect(world.news.map(({ type }) => type)).toContain('agent-speaking');
  });

  it('an interruption empties the carrier at once and leaves only heard words in the history', async () => {
    const world = givenWorld();
    world.model.script(say('We have a table at eight and another one at nine.'), say('Sure.'));
    world.ended('Any table?');
    await world.pass(900);
    world.hears({ type: 'speech-started' });
    await world.pass(20);
    expect(world.line.player.clearCount).toBe(1);
    await world.pass(600);
    world.hears({ type: 'partial', text: 'no at ten' });
    world.ended('No, at ten please');
    await world.pass(600);
    expect(world.voices[0]?.isCancelled).toBe(true);
    const [cut] = world.factsOf('call.turn-agent');
    expect(cut).toMatchObject({ interrupted: true });
    const heard = cut?.heardText ?? '';
    expect('We have a table at eight and another one at nine.').toContain(heard);
    expect(heard.split(' ').length).toBeGreaterThanOrEqual(3);
    expect(heard.split(' ').length).toBeLessThanOrEqual(5);
    expect(world.model.orders[1]?.messages.slice(2)).toEqual([
      { role: 'assistant', text: heard },
      { role: 'user', text: 'No, at ten please' },
    ]);
  });

  it('a backchannel lets the agent finish what it was saying', async () => {
    const world = givenWorld();
    world.model.script(say('We have a table at eight.'));
    world.ended('Any table?');
    await world.pass(500);
    world.hears({ type: 'speech-started' }, { type: 'partial', text: 'mhm' });
    world.ended('Mhm.');
    await world.pass(2000);
    expect(world.factsOf('call.turn-agent')).toMatchObject([
      { heardText: 'We have a table at eight.', interrupted: false },
    ]);
    expect(world.model.orders).toHaveLength(1);
  });

  it('an eager answer is silent until the words are final', async () => {
    const world = givenWorld();
    world.model.script(say('At nine.'));
    world.hears({ type: 'eager-end', text: 'When do you open', confidence: 0.5 });
    await world.pass(300);
    expect(world.line.sent).toHaveLength(0);
    expect(world.model.orders).toHaveLength(1);
    world.ended('When do you open?');
    await world.pass(600);
    expect(world.factsOf('call.turn-agent')).toMatchObject([{ text: 'At nine.', eager: true }]);
    expect(world.model.orders).toHaveLength(1);
  });

  it('an eager answer to other words is never heard', async () => {
    const world = givenWorld();
    world.model.script(say('At nine.'), say('For two.'));
    world.hears({ type: 'eager-end', text: 'When do you', confidence: 0.5 });
    await world.pass(200);
    world.ended('When do you have a table for two?');
    await world.pass(800);
    expect(world.voices[0]?.isCancelled).toBe(true);
    expect(world.factsOf('call.turn-agent').map(({ text }) => text)).toEqual(['For two.']);
  });

  it('counts answers that only asked for tools, and estimates those that were broken off', async () => {
    const world = givenWorld({ config: { prompt: 'p'.repeat(4000) } });
    world.model.script(
      { does: 'say-then-hang', tokens: ['Never '] },
      { does: 'call', id: 't1', name: 'find_table', args: '{}' },
      { does: 'say-then-hang', tokens: ['Yes, '] },
    );
    world.hears({ type: 'eager-end', text: 'Any', confidence: 0.5 });
    await world.pass(100);
    world.ended('Any table?');
    await world.pass(400);
    world.line.hangUp();
    const { cost, durationMs } = await world.call.ended;
    const heard = hearingCostMicros('deepgram', durationMs);
    // The prompt of the eager answer and of the one the hang-up broke off; the tool's as reported.
    const estimated = { promptTokens: 1000, completionTokens: 1 };
    const least = replyCostMicros('gpt-4o-mini', estimated) * 2;
    const told = replyCostMicros('gpt-4o-mini', { promptTokens: 20, completionTokens: 9 });
    const words = voiceCostMicros('cartesia', 'Never Yes, '.length);
    expect(cost.micros).toBeGreaterThanOrEqual(least + told + words + heard - 2);
    expect(cost.micros).toBeLessThanOrEqual(least + told + words + heard + 10);
  });

  it('runs a tool, writes down both ends, and answers with what it brought', async () => {
    const world = givenWorld({
      tool: ({ id, name }) =>
        Promise.resolve({
          result: { toolCall: id, tool: name, text: '{"free":true}', action: null },
          outcome: 'done',
          tookMs: 12.4,
        }),
    });
    world.model.script(
      { does: 'call', id: 't1', name: 'find_table', args: '{"people":2}' },
      say('Yes, there is one.'),
    );
    world.ended('A table for two?');
    await world.pass(1200);
    expect(world.factsOf('call.tool-called')).toMatchObject([
      { tool: 'find_table', arguments: '{"people":2}' },
    ]);
    expect(world.factsOf('call.tool-returned')).toMatchObject([{ outcome: 'done', tookMs: 12 }]);
    expect(world.model.orders[1]?.messages.slice(2)).toEqual([
      {
        role: 'assistant',
        text: '',
        toolCalls: [expect.objectContaining({ id: 't1', name: 'find_table' })],
      },
      { role: 'tool', callId: 't1', text: '{"free":true}' },
    ]);
    expect(world.factsOf('call.turn-agent').map(({ text }) => text)).toEqual([
      'Yes, there is one.',
    ]);
  });

  it('a model that fails twice ends the call with an apology (E23)', async () => {
    const world = givenWorld();
    world.model.script({ does: 'refuse', status: 500 });
    world.ended('Hello?');
    await world.pass(1800);
    world.ended('Hello?');
    await world.pass(4000);
    expect(await world.call.ended).toMatchObject({ reason: 'error_llm', side: 'platform' });
    expect(world.factsOf('call.turn-agent').map(({ kind }) => kind)).toEqual([
      'trouble',
      'trouble',
    ]);
    expect(world.factsOf('call.error')).toHaveLength(2);
  });

  const transfers = [{ name: 'Sales', to: '+15551230003', kind: 'warm' as const }];
  const wishing = (): CallWorld => {
    const action = { kind: 'transfer', name: 'Sales', summary: 'Ann asks' } as const;
    return givenWorld({
      config: { transfers },
      tool: ({ id, name }) =>
        Promise.resolve({
          result: { toolCall: id, tool: name, text: 'ok', action },
          ...{ outcome: 'done', tookMs: 1 },
        }),
    });
  };

  it('hands the leg over after the last word', async () => {
    const world = wishing();
    world.model.script({ does: 'call', id: 't1', name: 'transfer', args: '{}' });
    world.ended('A human please');
    await world.pass(4000);
    expect(world.transfers).toMatchObject([
      { number: '+15551230003', kind: 'warm', briefing: expect.stringMatching(/^Ann asks\. .*1/) },
    ]);
    expect(await world.call.ended).toMatchObject({ reason: 'call_transfer', side: 'agent' });
    const about = { name: 'Sales', kind: 'warm' };
    expect(world.factsOf('call.transferred')).toMatchObject([
      { ...about, outcome: 'connected', reason: null, dial: 'dial-1' },
    ]);
    expect(world.news).toContainEqual(
      expect.objectContaining({ type: 'transfer', ...about, stage: 'ringing' }),
    );
  });

  it('goes on with the caller when nobody took the call', async () => {
    const world = wishing();
    world.transferEnd = { outcome: 'refused', reason: 'busy', dial: 'dial-1' };
    const call = { does: 'call', id: 't1', name: 'transfer', args: '{}' } as const;
    world.model.script(call, say('Sales is busy.'));
    world.ended('A human please');
    await world.pass(6000);
    expect(world.factsOf('call.transferred')).toMatchObject([
      { outcome: 'refused', reason: 'busy' },
    ]);
    const said = world.factsOf('call.turn-agent').map(({ text }) => text);
    expect(said).toContain('Sales is busy.');
    expect(world.factsOf('call.ended')).toEqual([]);
    world.line.hangUp();
    expect(await world.call.ended).toMatchObject({ reason: 'user_hangup', side: 'caller' });
  });

  it('writes down what was heard of an answer when the caller hangs up in the middle of it', async () => {
    const world = givenWorld();
    world.model.script(say('We have a table at eight and another one at nine.'));
    world.ended('Any table?');
    await world.pass(900);
    world.line.hangUp();
    await world.call.ended;
    const [answer] = world.factsOf('call.turn-agent');
    expect(answer).toMatchObject({ kind: 'reply', interrupted: true });
    expect('We have a table at eight').toContain(answer?.heardText ?? 'nothing');
    expect(answer?.heardText).not.toBe('');
    expect(world.facts.at(-1)?.type).toBe('call.ended');
  });

  it('counts latencies from the turn that was answered, not from sounds over the answer', async () => {
    const world = givenWorld();
    const voice = new Uint8Array(160).fill(0x10);
    world.model.script(say('We open at nine.'));
    world.line.speak([voice, voice]);
    await world.pass(400);
    world.ended('When do you open?');
    await world.pass(400);
    world.line.speak([voice, voice]);
    await world.pass(800);
    const [answer] = world.factsOf('call.turn-agent');
    expect(answer?.latency.firstFrameMs).toBeGreaterThanOrEqual(380);
  });
});
