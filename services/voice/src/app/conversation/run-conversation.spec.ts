import { afterEach, describe, expect, it } from '@jest/globals';
import { agentDefaults } from '@trunkline/contracts';
import { fakeUsage } from '../../../test/fakes/fake-speech-to-speech.js';
import { ConversationWorld } from '../../../test/support/conversation-world.js';
import { replyCostMicros } from '../../domain/cost.js';

const sound = (ms: number): Uint8Array => new Uint8Array(ms * 8).fill(0x10);

let worlds: ConversationWorld[] = [];
async function givenWorld(
  ...given: ConstructorParameters<typeof ConversationWorld>
): Promise<ConversationWorld> {
  const world = new ConversationWorld(...given);
  worlds.push(world);
  await world.pass(20);
  return world;
}

afterEach(async () => {
  await Promise.all(worlds.map((world) => world.end()));
  worlds = [];
});

describe('runConversation', () => {
  it('O12 greets, hears, answers, and writes the same facts as every call', async () => {
    const world = await givenWorld({ firstMessage: 'Hello there' });
    await world.pass(600);
    expect(world.phrases).toEqual(['first: Hello there']);
    expect(world.vendor.prompts()).toEqual([]);
    expect(world.vendor.remembered()).toEqual(['Hello there']);
    world.line.speak([sound(20)]);
    world.vendor.callerSays('When do you open?');
    world.vendor.replies({ text: 'We open at nine.', sound: sound(600) });
    await world.pass(800);
    world.line.hangUp();
    expect(await world.call.ended).toMatchObject({ reason: 'user_hangup', userTurns: 1 });
    expect(world.facts.map(({ type }) => type)).toEqual([
      'call.turn-agent',
      'call.turn-user',
      'call.turn-agent',
      'call.ended',
    ]);
    expect(world.factsOf('call.turn-agent')).toMatchObject([
      { kind: 'first', heardText: 'Hello there' },
      { kind: 'reply', heardText: 'We open at nine.', usage: { promptTokens: 30 } },
    ]);
    expect(world.vendor.heardBytes()).toHaveLength(160);
    expect(world.vendor.closedCount()).toBe(1);
    expect(world.recorded).toEqual(['begin']);
  });

  it('is silent at once when the caller speaks, and tells the model what was heard', async () => {
    const world = await givenWorld();
    world.vendor.callerSays('Any table?');
    world.vendor.beginsReply(sound(4000));
    world.vendor.says('We have a table at eight and another one at nine.');
    await world.pass(1000);
    world.vendor.interrupts();
    await world.pass(40);
    expect(world.line.player.clearCount).toBe(1);
    expect(world.line.player.queuedMs).toBe(0);
    const [interruption] = world.vendor.conversations[0]?.interruptions ?? [];
    expect(interruption?.heardMs).toBeGreaterThanOrEqual(800);
    expect(interruption?.heardMs).toBeLessThanOrEqual(1000);
    const [turn] = world.factsOf('call.turn-agent');
    expect(turn?.interrupted).toBe(true);
    expect('We have a table at eight'.startsWith(turn?.heardText ?? '?')).toBe(true);
  });

  it('runs a tool, writes down both ends, and brings the result to the model', async () => {
    const world = await givenWorld();
    world.vendor.callsTool({ id: 't1', name: 'find_table', args: { people: 2 } });
    await world.pass(100);
    expect(world.factsOf('call.tool-called')).toMatchObject([{ tool: 'find_table' }]);
    expect(world.factsOf('call.tool-returned')).toMatchObject([{ outcome: 'done' }]);
    expect(world.vendor.toolResults()).toEqual([{ id: 't1', text: 'ok' }]);
  });

  it('hangs up only after its last words', async () => {
    const world = await givenWorld({}, { kind: 'hang-up' });
    world.vendor.callsTool({ id: 't1', name: 'hang_up', args: {} });
    await world.pass(100);
    await world.pass(2000);
    expect(await world.call.ended).toMatchObject({ reason: 'agent_hangup', side: 'agent' });
    expect(world.phrases).toEqual([`goodbye: ${agentDefaults.phrases.goodbye}`]);
  });

  it('O20 records nothing and lets nothing else be heard before a spoken yes', async () => {
    const consent = { required: true, prompt: 'May we record?', onRefusal: 'end' } as const;
    const world = await givenWorld({ consent, firstMessage: 'Hello there' });
    await world.pass(800);
    world.vendor.replies({ text: 'Let us begin!', sound: sound(200) });
    await world.pass(400);
    expect(world.recorded).toEqual([]);
    expect(world.factsOf('call.turn-agent').map(({ text }) => text)).toEqual(['May we record?']);
    world.vendor.callerSays('Yes, sure.');
    await world.pass(800);
    expect(world.recorded).toEqual(['begin']);
    expect(world.factsOf('call.consent')).toMatchObject([{ given: true, how: 'said' }]);
    expect(world.phrases).toEqual(['consent: May we record?', 'first: Hello there']);
    expect(world.vendor.remembered()).toEqual(['May we record?', 'Hello there']);
  });

  it.each([2, 3])(
    'O18 O17 keeps its vendor after %s turns and goes on where it was',
    async (turns) => {
      const world = await givenWorld();
      for (let turn = 1; turn <= turns; turn += 1) {
        world.vendor.callerSays(`Question ${turn}`);
        world.vendor.replies({ text: `Answer ${turn}`, sound: sound(100) });
        await world.pass(200);
      }
      world.vendor.callerSays('Are you there?');
      await world.pass(20);
      world.vendor.drops();
      await world.until(() => world.vendor.orders.length === 2);
      expect(world.vendor.orders[1]?.history).toHaveLength(2 * turns + 1);
      await world.until(() => world.vendor.prompts().length === 1);
      expect(world.vendor.prompts()[0]).toContain('Are you there?');
      expect(world.factsOf('call.error')).toMatchObject([{ stage: 'realtime', recovered: true }]);
    },
  );

  it('O18 O17 goes on cascaded when the model cannot be reached, with all that was said', async () => {
    const world = await givenWorld({ firstMessage: 'Hello there' });
    await world.pass(600);
    world.vendor.callerSays('When do you open?');
    world.vendor.replies({ text: 'At nine.', sound: sound(100) });
    await world.pass(300);
    world.vendor.refuses(401);
    world.vendor.drops();
    await world.pass(20);
    world.line.speak([sound(20)]);
    await world.until(() => world.factsOf('call.error').length === 2);
    expect(world.factsOf('call.error')).toMatchObject([
      { stage: 'realtime', recovered: true },
      { stage: 'realtime', code: 'provider.refused', recovered: true },
    ]);
    expect(Buffer.concat(world.unheard)).toHaveLength(160);
    world.model.script({ does: 'say', tokens: ['Of ', 'course.'] });
    const about = { words: [], confidence: 0.9, language: null, untilMs: 0, alternatives: [] };
    world.ear.offer({ type: 'turn-ended', text: 'For two, please.', ...about });
    await world.pass(800);
    expect(world.model.orders.at(-1)?.messages.map(({ text }) => text)).toEqual([
      ...['You book tables.', 'Hello there', 'When do you open?', 'At nine.', 'For two, please.'],
    ]);
    world.line.hangUp();
    const ended = await world.call.ended;
    expect(ended).toMatchObject({ reason: 'user_hangup', userTurns: 2, agentTurns: 3 });
    expect(world.factsOf('call.turn-agent')).toMatchObject([
      { kind: 'first', llm: null, tts: { provider: 'cartesia' } },
      { kind: 'reply', llm: { provider: 'fake' }, tts: { provider: 'fake' } },
      { kind: 'reply', llm: { provider: 'openai' }, tts: { provider: 'cartesia' } },
    ]);
    expect(
      world.facts.map(({ type }) => type).filter((type) => type === 'call.ended'),
    ).toHaveLength(1);
  });

  it('O18 lets a greeting be heard to its end while somebody else takes over', async () => {
    const config = { firstMessage: 'Hello there dear guest' };
    const world = new ConversationWorld(config, null, { refuses: 401 });
    worlds.push(world);
    world.model.script({ does: 'say', tokens: ['Yes.'] });
    await world.pass(2000);
    expect(world.phrases).toEqual(['first: Hello there dear guest']);
    expect(world.vendor.orders).toEqual([]);
    expect(world.line.player.clearCount).toBe(0);
  });

  it('E23 a model that refuses, and nobody else: an apology, and the log says why', async () => {
    const world = await givenWorld();
    world.has.cascaded = false;
    world.vendor.refuses(401);
    world.vendor.drops();
    await world.until(() => world.factsOf('call.error').length === 2);
    await world.pass(5000);
    expect(await world.call.ended).toMatchObject({ reason: 'error_llm', side: 'platform' });
    expect(world.factsOf('call.error').map(({ recovered }) => recovered)).toEqual([true, false]);
    expect(world.phrases).toEqual([`trouble: ${agentDefaults.phrases.trouble}`]);
  });

  it('has the model say a phrase when no voice can, and notes what it made of it', async () => {
    const world = new ConversationWorld({ firstMessage: 'Hello there' });
    worlds.push(world);
    world.has.voice = false;
    await world.pass(40);
    expect(world.vendor.prompts()).toEqual([expect.stringContaining('Hello there')]);
    world.vendor.replies({ text: 'Good day to you', sound: sound(200) });
    await world.pass(400);
    expect(world.factsOf('call.error')).toMatchObject([
      { stage: 'tts', recovered: false },
      { stage: 'realtime', code: 'other-words', recovered: true },
    ]);
    expect(world.factsOf('call.turn-agent')).toMatchObject([{ kind: 'first' }]);
  });

  it('counts what the model used also where nothing of it was heard', async () => {
    const world = await givenWorld();
    world.vendor.callsTool({ id: 't1', name: 'find_table', args: {} });
    await world.pass(100);
    world.vendor.beginsReply(sound(2000));
    world.vendor.says('We have a table.');
    await world.pass(400);
    world.vendor.interrupts();
    await world.pass(40);
    world.line.hangUp();
    const { cost } = await world.call.ended;
    const oneReply = replyCostMicros('gpt-realtime', fakeUsage);
    expect(oneReply).toBeGreaterThan(0);
    expect(cost.micros).toBe(2 * oneReply);
  });

  it('tells the model which keys were pressed', async () => {
    const world = await givenWorld();
    world.line.press('42#');
    await world.pass(40);
    expect(world.vendor.prompts()).toEqual([expect.stringContaining('pressed 42#')]);
    const [turn] = world.factsOf('call.turn-user');
    expect(turn).toMatchObject({ digits: '42#' });
    expect(turn?.endedMs).toBeGreaterThan(0);
  });
});
