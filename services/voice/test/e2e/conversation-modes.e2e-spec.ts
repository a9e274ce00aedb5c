import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallerWorld } from '@trunkline/testing/whole';

let world: CallerWorld;
beforeAll(async () => {
  world = await CallerWorld.start();
}, 120_000);
afterAll(async () => {
  await world?.stop();
});

const listen = { waitForAgent: { quietMs: 600, timeoutMs: 20_000 } };
const caller = (text: string) => expect.objectContaining({ who: 'caller', text });

describe('calls with models that hear and speak by themselves', () => {
  it.each(['openai-realtime', 'gemini-live', 'cascaded'])(
    'O12 O13 an agent in mode %s greets, understands and answers',
    async (mode) => {
      const agent = await world.newAgent({ mode });
      const line = await world.newLine('twilio', agent);
      await world.ring(line, [listen, { say: 'Are you open today?' }, listen, { hangUp: true }]);
      const call = await world.callOf(agent, ({ status, recording }) => {
        expect(status).toBe('ended');
        expect(recording?.sizeBytes).toBeGreaterThan(32_000);
      });
      expect(call.endReason).toBe('user_hangup');
      expect(call.transcript[0]).toMatchObject({ who: 'agent' });
      expect(call.transcript).toContainEqual(caller('Are you open today?'));
      expect(call.transcript.at(-1)).toMatchObject({ who: 'agent' });
      expect(call.turns.at(-1)?.firstFrameMs).toBeGreaterThan(0);
    },
    90_000,
  );
});
