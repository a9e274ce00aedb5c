import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallerWorld, type CallAnswer } from '@trunkline/testing/whole';

let world: CallerWorld;
beforeAll(async () => {
  world = await CallerWorld.start();
}, 120_000);
afterAll(async () => {
  await world?.stop();
});

const listen = { waitForAgent: { quietMs: 600, timeoutMs: 20_000 } };
const modes = ['openai-realtime', 'gemini-live'];
const question = 'May we record this call for 30 days?';
const greeting = 'Hello, how can I help you?';
const isEnded = ({ status }: CallAnswer): void => expect(status).toBe('ended');
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
      expect(call.costMicros).toBeGreaterThan(0);
    },
    90_000,
  );

  it.each(modes)(
    'O20 an agent in mode %s asks for consent and greets word for word',
    async (mode) => {
      const consent = { required: true, prompt: question, onRefusal: 'end' };
      const agent = await world.newAgent({ mode, consent });
      const line = await world.newLine('twilio', agent);
      await world.ring(line, [listen, { say: 'Yes.' }, listen, { hangUp: true }]);
      const call = await world.callOf(agent, isEnded);
      const said = await world.factsOf(call.id, 'call.turn-agent');
      expect(said.slice(0, 2)).toMatchObject([
        { kind: 'consent', heardText: question, llm: null, tts: { provider: 'cartesia' } },
        { kind: 'first', heardText: greeting, llm: null, tts: { provider: 'cartesia' } },
      ]);
      expect(await world.factsOf(call.id, 'call.consent')).toMatchObject([{ given: true }]);
    },
    90_000,
  );

  it.each([
    ['openai-realtime', { provider: 'openai', match: '/v1/realtime', times: 2 }, 'server-error'],
    ['gemini-live', { provider: 'gemini', times: 1 }, 'refuse'],
  ])(
    'O17 O18 a call in mode %s whose model cannot be reached goes on cascaded',
    async (mode, fault, kind) => {
      const agent = await world.newAgent({ mode });
      const line = await world.newLine('twilio', agent);
      const status = kind === 'refuse' ? 403 : 500;
      await world.control('POST', '/', { ...fault, fault: { kind, status } });
      await world.ring(line, [listen, { say: 'Are you open today?' }, listen, { hangUp: true }]);
      const call = await world.callOf(agent, isEnded);
      expect(call.endReason).toBe('user_hangup');
      expect(call.transcript).toContainEqual(caller('Are you open today?'));
      expect(await world.factsOf(call.id, 'call.turn-agent')).toMatchObject([
        { kind: 'first', heardText: greeting },
        { kind: 'reply', llm: { provider: 'openai' }, tts: { provider: 'cartesia' } },
      ]);
      const errors = await world.factsOf(call.id, 'call.error');
      expect(errors.at(-1)).toMatchObject({ stage: 'realtime', provider: mode, recovered: true });
      expect(call.costMicros).toBeGreaterThan(0);
    },
    90_000,
  );
});
