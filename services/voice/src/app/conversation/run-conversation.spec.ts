import { afterEach, describe, expect, it } from '@jest/globals';
import { ConversationWorld } from '../../../test/support/conversation-world.js';

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
    expect(world.vendor.prompts()).toEqual([expect.stringContaining('Hello there')]);
    world.vendor.replies({ text: 'Hello there', sound: sound(400) });
    await world.pass(600);
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
    expect(world.vendor.prompts()).toHaveLength(1);
    world.vendor.replies({ text: 'Goodbye.', sound: sound(400) });
    await world.pass(600);
    expect(await world.call.ended).toMatchObject({ reason: 'agent_hangup', side: 'agent' });
    expect(world.factsOf('call.turn-agent')).toMatchObject([{ kind: 'goodbye' }]);
  });

  it('O20 records nothing and lets nothing else be heard before a spoken yes', async () => {
    const consent = { required: true, prompt: 'May we record?', onRefusal: 'end' } as const;
    const world = await givenWorld({ consent, firstMessage: 'Hello there' });
    world.vendor.replies({ text: 'May we record?', sound: sound(200) });
    await world.pass(400);
    world.vendor.replies({ text: 'Let us begin!', sound: sound(200) });
    await world.pass(400);
    expect(world.recorded).toEqual([]);
    expect(world.factsOf('call.turn-agent').map(({ text }) => text)).toEqual(['May we record?']);
    world.vendor.callerSays('Yes, sure.');
    await world.pass(100);
    expect(world.recorded).toEqual(['begin']);
    expect(world.factsOf('call.consent')).toMatchObject([{ given: true, how: 'said' }]);
    expect(world.vendor.prompts().at(-1)).toContain('Hello there');
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

  it('E23 a model that refuses ends the call, and the log says why', async () => {
    const world = await givenWorld();
    world.vendor.refuses(401);
    world.vendor.drops();
    await world.until(() => world.factsOf('call.ended').length === 1);
    expect(await world.call.ended).toMatchObject({ reason: 'error_llm', side: 'platform' });
    expect(world.factsOf('call.error').map(({ recovered }) => recovered)).toEqual([true, false]);
  });

  it('tells the model which keys were pressed', async () => {
    const world = await givenWorld();
    world.line.press('42#');
    await world.pass(40);
    expect(world.vendor.prompts()).toEqual([expect.stringContaining('pressed 42#')]);
    expect(world.factsOf('call.turn-user')).toMatchObject([{ digits: '42#' }]);
  });
});
